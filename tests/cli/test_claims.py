"""What doctor, setup and the lists say, against the state that they speak of."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from iargus.api.container import Services
from iargus.auth.keys.loading import load_key_ring
from iargus.auth.tokens.record import Holder
from iargus.clock import utc_now
from iargus.mailing.delivery import deliver
from iargus.mailing.outbox import Outbox
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.view.mail.reasons import Kind
from iargus.operations import setup
from iargus.operations.doctor.access import examine_key
from iargus.operations.doctor.finding import Level
from iargus.serving.placement import Current, Placement
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.storage.database import API, LABELLED, Database
from iargus.tasks.catalogue import Catalogue
from tests.cli.conftest import Run
from tests.cli.test_doctor import FakeRegistry, look
from tests.monitoring.view.mail.cases import alert
from tests.services.ports import free_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(Environment(var_dir=tmp_path / "var"), Policy())


def test_a_task_without_a_champion_goes_on_where_a_version_is_placed(tmp_path: Path) -> None:
    environ = {"IARGUS_VAR": str(tmp_path)}
    said = look(environ, FakeRegistry("intent"))["champion of car_price"].detail
    assert said == (
        "there is none; and no model is placed on this host, so its routes answer 503 here"
    )
    placement = Placement(tmp_path / "models")
    (tmp_path / "models" / "car_price").mkdir(parents=True)
    placement.point("car_price", Current("4"))

    said = look(environ, FakeRegistry("intent"))["champion of car_price"].detail

    assert said == "there is none; its routes go on with version 4, which is placed on this host"


def test_the_key_that_signs_is_the_database_s_once_it_has_one(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    run("db", "upgrade")
    own = load_key_ring(settings).signing_kid
    api = Database.connect(API, settings)
    assert next(examine_key(settings, api)).detail.endswith(f"jwt.key; {own} signs")
    made = run("keys", "rotate").out.split()[0]

    (found,) = examine_key(settings, api)
    assert (found.level, found.detail.split("; ")[1]) == (
        Level.OK,
        f"{made} of the database signs",
    )

    (tmp_path / "var" / "jwt.key").write_text("other:" + "o0Aa1Bb2" * 8)
    (found,) = examine_key(settings, api)
    assert found.level is Level.PROBLEM
    assert found.detail.endswith("so other signs for this host alone")
    service = Services(settings)
    service.revocations.refresh()
    assert service.tokens.sign(Holder("", "", "a@example.org"))[1].kid == "other"


def test_the_doctor_makes_nothing(run: Run, tmp_path: Path) -> None:
    found = {each["subject"]: each for each in json.loads(run("doctor", "--json").out)}
    assert found["disk"]["detail"].endswith("var is not there yet, and `iargus setup` makes it")
    assert found["database iargus"]["level"] == "problem"
    assert found["registry"]["detail"].endswith("mlflow.db is not there")
    assert not list((tmp_path / "var").glob("*.db*"))


def test_a_key_in_a_file_is_not_said_to_be_in_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    assert {key["from"] for key in json.loads(run("keys", "list", "--json").out)} == {"file"}
    run("keys", "rotate")
    assert "1 key is wrapped with the key file" in run("keys", "rotate", "--rewrap").out
    monkeypatch.setenv("IARGUS_JWT_KEYS", "mine:" + "o0Aa1Bb2" * 6)
    listed = json.loads(run("keys", "list", "--json").out)
    assert {key["from"] for key in listed} == {"database", "environment"}


def test_a_revoked_key_is_to_be_taken_out_of_where_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    (key,) = json.loads(run("keys", "list", "--json").out)
    told = run("keys", "retire", key["kid"], "--now", "--yes").err
    assert "var/jwt.key" in told
    assert "IARGUS_JWT_KEYS" not in told
    monkeypatch.setenv("IARGUS_JWT_KEYS", "mine:" + "o0Aa1Bb2" * 6)
    told = run("keys", "retire", "mine", "--now", "--yes").err
    assert "iargus keys rotate --rewrap" in told
    assert "var/jwt.key" not in told


def test_mails_that_pause_are_not_explained_by_the_server_that_failed_before(
    run: Run, settings: Settings
) -> None:
    run("db", "upgrade")
    database = Database.connect(LABELLED, settings)
    MonitoringRecords(database).queue(alert(Kind.FAILED_RUN), utc_now().replace(tzinfo=None))
    gone = SmtpServer(host="127.0.0.1", port=free_port(), recipients=("a@example.org",))
    broken = Settings(settings.environment.model_copy(update={"smtp": gone}), settings.policy)
    failed = deliver(database, broken, utc_now)
    assert "refused" in (failed.reason or "")

    again = deliver(database, broken, utc_now)

    (stored,) = Outbox(database).pending()
    assert stored.next_attempt_at is not None
    assert (again.sent, again.waiting) == (0, 1)
    assert again.reason == (
        f"after failed attempts the next is due at {stored.next_attempt_at:%Y-%m-%d %H:%M} UTC; "
        "`iargus outbox deliver --now` tries at once"
    )
    assert stored.next_attempt_at - utc_now().replace(tzinfo=None) < timedelta(minutes=6)


@pytest.mark.parametrize(
    ("given", "taken"),
    [(" two blanks ", " two blanks "), ("of a file\n", "of a file"), ("\ttab", "\ttab"), ("", "")],
)
def test_passwords_are_taken_as_they_are(given: str, taken: str) -> None:
    read = Environment.read(
        {
            **{"MYSQL_HOST": " db.example.org ", "MYSQL_USER": "u", "MYSQL_PWD": given},
            **{"SMTP_SERVER": "mail.example.org", "SMTP_RECIPIENT": "a@example.org"},
            **{"SMTP_LOGIN": "u", "SMTP_PWD": given},
        }
    )
    assert read.mysql is not None
    assert read.smtp is not None
    assert (read.mysql.host, read.mysql.password.get_secret_value()) == ("db.example.org", taken)
    password = read.smtp.password
    assert (password.get_secret_value() if password else "") == taken


def test_setup_says_which_version_is_the_champion_when_another_was_faster() -> None:
    def stack_with(champion: str | None) -> Any:
        version = None if champion is None else SimpleNamespace(version=champion)
        return SimpleNamespace(registry=SimpleNamespace(resolve=lambda *_: version))

    task = Catalogue.read(Policy()).get("intent")
    said = [setup._champion_now(stack_with(each), task, "2") for each in ("2", "1", None)]
    assert said == ["it is the champion", "the champion is version 1", "there is no champion"]


def test_of_two_setups_the_second_waits_and_finds_all_prepared(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[str] = []
    first_is_at_work, may_end = threading.Event(), threading.Event()

    def work(stack: Any, **_: Any) -> list[str]:
        prepared.append(stack.name)
        if stack.name == "first":
            first_is_at_work.set()
            assert may_end.wait(30)
        return []

    monkeypatch.setattr(setup, "_prepare", work)
    told: list[str] = []

    def tell(words: str) -> None:
        told.append(words)
        assert prepared == ["first"]
        may_end.set()

    def start(name: str) -> threading.Thread:
        stack: Any = SimpleNamespace(name=name, settings=settings)
        thread = threading.Thread(
            target=lambda: setup.prepare(stack, today=date(2026, 11, 1), progress=tell)
        )
        thread.start()
        return thread

    threads = [start("first")]
    assert first_is_at_work.wait(30)
    threads.append(start("second"))
    for thread in threads:
        thread.join(30)
    assert prepared == ["first", "second"]
    assert told == ["Another setup is running here; waiting for it"]


def test_the_documentation_names_the_seconds_that_gunicorn_is_told() -> None:
    root = Path(__file__).parents[2]
    (line,) = [
        line
        for line in (root / "gunicorn.conf.py").read_text().splitlines()
        if line.startswith("keepalive = ")
    ]
    seconds = line.removeprefix("keepalive = ")
    assert f"for {seconds} s after an answer is closed" in (
        root / "docs" / "how-to" / "operations.md"
    ).read_text().replace("\n  ", " ")
