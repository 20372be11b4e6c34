"""`iargus doctor` finds each thing that is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from iargus.clock import utc_now
from iargus.errors import MailNotSent, PromotionRefused, RegistryUnavailable
from iargus.monitoring.job.records import MonitoringRecords, RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.operations.doctor import servers
from iargus.operations.doctor.access import examine_certificate, examine_issuing, examine_origins
from iargus.operations.doctor.examine import examine
from iargus.operations.doctor.files import examine_disk
from iargus.operations.doctor.finding import Finding, Level
from iargus.operations.doctor.months import examine_months
from iargus.operations.doctor.servers import examine_redis
from iargus.settings import Environment, Policy, Settings
from iargus.settings.http import CorsPolicy, TlsPolicy
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from iargus.tasks.catalogue import Catalogue
from tests.cli.conftest import Run
from tests.services.certificates import make_certificates
from tests.services.redis import Redis


class FakeRegistry:
    """Has champions of `tasks`, or is gone."""

    def __init__(self, *tasks: str, gone: bool = False, refused: str = "") -> None:
        self._tasks = tasks
        self.refused = refused
        self._gone = gone

    is_made = True

    def check(self) -> None:
        if self._gone:
            raise RegistryUnavailable("the registry does not answer")

    def resolve(self, task: str, alias: str) -> Any:
        assert alias == "champion"
        return SimpleNamespace(version="7", window_end=None) if task in self._tasks else None

    def check_promotable(self, task: str, version: str) -> None:
        if self.refused:
            raise PromotionRefused(
                f"{task} version {version} cannot become champion: {self.refused}"
            )


def parts_of(environ: dict[str, str], registry: FakeRegistry) -> Any:
    settings = Settings(Environment.read(environ), Policy())
    return SimpleNamespace(
        settings=settings,
        catalogue=Catalogue.read(settings.policy),
        labelled=Database.connect(LABELLED, settings),
        api=Database.connect(API, settings),
        registry=registry,
    )


@pytest.fixture
def environ(any_database_environ: dict[str, str]) -> dict[str, str]:
    parts = parts_of(any_database_environ, FakeRegistry())
    upgrade(parts.labelled)
    upgrade(parts.api)
    return any_database_environ


def look(
    environ: dict[str, str],
    registry: FakeRegistry | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    encoder: Path = Path("features_encoder.pkl"),
) -> dict[str, Finding]:
    registry = registry or FakeRegistry("car_price", "intent")
    findings = examine(parts_of(environ, registry), clock=clock, encoder=encoder)
    return {finding.subject: finding for finding in findings}


def test_a_sound_installation_has_no_problem(environ: dict[str, str]) -> None:
    found = look(environ)

    problems = [each for each in found.values() if each.level is Level.PROBLEM]
    assert problems == []
    assert "labelled_examples 0" in found["database iargus"].detail
    assert found["mail"].level is Level.WARNING
    assert all(each.remedy for each in found.values() if each.level is not Level.OK)


def test_missing_tables(any_database_environ: dict[str, str]) -> None:
    found = look(any_database_environ)

    assert found["database iargus"].level is Level.PROBLEM
    assert "iargus db upgrade" in found["database iargus_api"].remedy


def test_a_server_that_is_not_there_hides_nothing_else(tmp_path: Path) -> None:
    environ = {
        "IARGUS_VAR": str(tmp_path),
        **{"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "1", "MYSQL_USER": "x"},
        "MLFLOW_HOST": "http://127.0.0.1:1",
    }

    found = look(environ, FakeRegistry(gone=True))

    for subject in ("database iargus", "database iargus_api", "registry"):
        assert found[subject].level is Level.PROBLEM
    assert "MYSQL_HOST" in found["database iargus"].remedy
    assert "MLFLOW_HOST" in found["registry"].remedy
    assert found["disk"].level is Level.OK


def test_a_task_without_a_champion(environ: dict[str, str]) -> None:
    found = look(environ, FakeRegistry("intent"))

    assert found["champion of intent"].level is Level.OK
    assert found["champion of car_price"].level is Level.PROBLEM
    assert "iargus train car_price" in found["champion of car_price"].remedy


def test_a_server_s_clock_that_is_wrong(mariadb_environ: dict[str, str], tmp_path: Path) -> None:
    environ = mariadb_environ | {"IARGUS_VAR": str(tmp_path)}
    upgrade(parts_of(environ, FakeRegistry()).labelled)

    # The server's own zone is another one; its clock is right even so.
    assert look(environ)["clock of iargus"].level is Level.OK
    wrong = look(environ, clock=lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert wrong["clock of iargus"].level is Level.WARNING
    told = re.search(r"differ by (\d+) s", wrong["clock of iargus"].detail)
    # Two minutes, less what the answer took, and the fraction that the server's clock leaves out.
    assert told is not None
    assert 60 < int(told[1]) <= 121


def judge(environ: dict[str, str], period: str) -> None:
    """Record a month of the prices, as the monthly run would."""
    month = Period.parse(period)
    record = RunRecord(
        task="car_price",
        period=month,
        window_start=month.start,
        window_end=month.end,
        finished_at=month.end,
        rows_scored=0,
        champion_version="1",
        state=State.INSUFFICIENT,
        error=None,
        threshold=0.2,
    )
    MonitoringRecords(parts_of(environ, FakeRegistry()).labelled).write(record, None)


@pytest.mark.parametrize(
    ("judged", "now", "level", "says"),
    [
        ("2026-10", "2026-11-30T23:59", Level.OK, "2026-11 is due on 2026-12-01"),
        ("2026-10", "2026-12-01T00:00", Level.OK, "2026-11 is due since 2026-12-01"),
        ("2026-10", "2026-12-04T23:59", Level.OK, "not judged yet; 2026-10 had too few rows"),
        ("2026-10", "2026-12-05T00:00", Level.WARNING, "2026-11 is due since 2026-12-01 (4 days)"),
        # Two months wait: what counts is since when.
        ("2026-10", "2027-01-02T12:00", Level.WARNING, "2026-11 is due since 2026-12-01 (32 days)"),
        (None, "2026-12-03T12:00", Level.OK, "none was before"),
        (None, "2026-12-21T12:00", Level.WARNING, "was not judged; none was before"),
    ],
)
def test_a_month_that_nobody_judged(
    environ: dict[str, str], judged: str | None, now: str, level: Level, says: str
) -> None:
    if judged is not None:
        judge(environ, judged)
    timestamp = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = look(environ, clock=lambda: timestamp)["months of car_price"]

    assert found.level is level
    assert says in found.detail
    assert ("docs/how-to/scheduling.md" in found.remedy) is (level is Level.WARNING)


def test_the_month_is_that_of_utc_not_of_the_clock_s_zone(environ: dict[str, str]) -> None:
    judge(environ, "2026-10")
    # In New York it is still 30 November, in UTC it has been December for an hour.
    new_york = datetime(2026, 11, 30, 20, tzinfo=timezone(timedelta(hours=-5)))

    found = look(environ, clock=lambda: new_york)["months of car_price"]

    assert "2026-11 is due since 2026-12-01" in found.detail


def test_nothing_is_said_of_months_where_the_database_cannot_be_read(
    any_database_environ: dict[str, str],
) -> None:
    labelled = parts_of(any_database_environ, FakeRegistry()).labelled

    assert list(examine_months(labelled, ["car_price"], utc_now)) == []


def test_production_wants_keys_from_the_environment(environ: dict[str, str]) -> None:
    production = environ | {"IARGUS_ENV": "production"}

    assert look(production)["signing key"].level is Level.PROBLEM
    with_key = look(production | {"IARGUS_JWT_KEYS": "k1:" + "secret-word " * 4})["signing key"]
    assert with_key.level is Level.OK
    assert "secret-word " * 4 not in with_key.detail


@pytest.mark.parametrize(
    ("environ", "issuing", "level", "says"),
    [
        ({}, {}, Level.OK, "open"),
        ({"IARGUS_ENV": "production"}, {}, Level.PROBLEM, "issuing.mode is not set"),
        ({"IARGUS_ENV": "production"}, {"mode": "open"}, Level.WARNING, "anybody with"),
        ({"IARGUS_ENV": "production"}, {"mode": "invitation"}, Level.OK, "invitation"),
        ({}, {"mode": "allow-list", "allow": ["example.com"]}, Level.OK, "1 entry"),
        ({}, {"mode": "confirm"}, Level.PROBLEM, "SMTP_SERVER is not set"),
    ],
    ids=str,
)
def test_who_may_have_a_token(
    environ: dict[str, str], issuing: dict[str, Any], level: Level, says: str
) -> None:
    policy = Policy.model_validate({"issuing": issuing})
    (found,) = examine_issuing(Settings(Environment.read(environ), policy))
    assert found.level is level
    assert says in found.detail
    assert bool(found.remedy) is (level is not Level.OK)


def test_a_key_that_others_may_read(environ: dict[str, str]) -> None:
    key = Path(environ["IARGUS_VAR"]) / "jwt.key"
    key.parent.mkdir(exist_ok=True)
    key.write_text("k1:" + "s" * 64)
    key.chmod(0o644)

    found = look(environ)["signing key"]

    assert found.level is Level.PROBLEM
    assert "chmod 600" in found.detail


def test_the_mail_server(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with_mail = environ | {"SMTP_SERVER": "mail.test", "SMTP_RECIPIENT": "a@example.org"}

    def refuse(server: object, timeout_s: float) -> None:
        raise MailNotSent("the mail server refuses the login")

    monkeypatch.setattr(servers, "check_smtp", refuse)
    assert look(with_mail)["mail"].level is Level.PROBLEM
    monkeypatch.setattr(servers, "check_smtp", lambda server, timeout_s: None)
    assert look(with_mail)["mail"].level is Level.OK


def test_a_disk_that_is_full(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=1, used=1, free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    assert look(environ)["disk"].level is Level.WARNING


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    assert next(examine_disk(in_the_way / "var")).level is Level.PROBLEM


def test_an_encoder_that_was_altered(environ: dict[str, str], tmp_path: Path) -> None:
    encoder = tmp_path / "features_encoder.pkl"
    encoder.write_bytes(b"altered")

    assert look(environ, encoder=encoder)["features_encoder.pkl"].level is Level.PROBLEM


def test_settings_that_have_no_sense(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IARGUS_JWT_KEYS", "k1:short")

    outcome = run("doctor")

    assert outcome.status == 1
    assert "HS256 needs at least 32" in outcome.out


def test_prints_json(run: Run) -> None:
    outcome = run("doctor", "--json")

    findings = cast(list[dict[str, str]], json.loads(outcome.out))
    assert outcome.status == 1  # no tables yet
    assert {"subject", "level", "detail", "remedy"} == set(findings[0])
    assert {"ok", "problem", "warning"} == {finding["level"] for finding in findings}


def test_redis_is_looked_at_where_it_is_named(redis: Redis) -> None:
    settings = Settings(Environment.read({"REDIS_URL": redis.url}), Policy())
    assert [found.level for found in examine_redis(settings)] == [Level.OK]
    redis.command("CONFIG SET maxmemory 1")
    (found,) = examine_redis(settings)
    assert (found.level, "maxmemory" in found.detail) == (Level.WARNING, True)
    redis.freeze()
    (found,) = examine_redis(settings, timeout_s=0.1)
    assert found.level is Level.WARNING
    redis.kill()
    (found,) = examine_redis(settings)
    assert "each host by itself" in found.detail
    assert list(examine_redis(Settings(Environment(), Policy()))) == []


@pytest.mark.parametrize(
    ("lasts", "level", "words"),
    [
        (timedelta(days=90, hours=1), Level.OK, "localhost, 127.0.0.1: good until "),
        (timedelta(days=20, hours=1), Level.WARNING, "20 days from now"),
        (timedelta(hours=-1), Level.PROBLEM, "has expired on "),
    ],
)
def test_a_certificate_is_watched_before_it_ends(
    tmp_path: Path, lasts: timedelta, level: Level, words: str
) -> None:
    files = make_certificates(tmp_path, begun=timedelta(days=2), lasts=lasts)
    tls = TlsPolicy(certificate=files.certificate, key=files.key)
    (finding,) = examine_certificate(tls, utc_now)
    assert finding.level is level
    assert words in finding.detail
    assert not list(examine_certificate(TlsPolicy(), utc_now))


def test_keys_of_models_are_a_warning_where_they_lack(environ: dict[str, str]) -> None:
    shared = {**environ, "MLFLOW_HOST": "http://mlflow.example.org"}
    found = look(shared)["model signatures"]
    assert found.level is Level.WARNING
    assert "who can write to the registry chooses what is served" in found.detail
    keyed = look({**shared, "IARGUS_BUNDLE_KEYS": f"first:{'abcdefgh' * 6}"})["model signatures"]
    assert (keyed.level, keyed.detail) == (Level.OK, "1 from IARGUS_BUNDLE_KEYS; first signs")


def test_a_champion_that_no_host_takes_is_a_problem(environ: dict[str, str]) -> None:
    refusing = FakeRegistry("car_price", "intent", refused="it is not signed")
    found = look(environ, refusing)["champion of car_price"]
    assert found.level is Level.PROBLEM
    assert "not signed" in found.detail
    assert "iargus models rollback car_price" in found.remedy


@pytest.mark.parametrize(
    ("origins", "told"),
    [
        ([], []),
        (["https://app.example.com"], ["ok"]),
        (["*"], ["warning"]),
        (["https://app.example.com", "*"], ["warning"]),
    ],
)
def test_every_origin_is_worth_a_warning(origins: list[str], told: list[str]) -> None:
    policy = CorsPolicy.model_validate({"allowed_origins": origins})
    assert [str(finding.level) for finding in examine_origins(policy)] == told
