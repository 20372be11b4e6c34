"""The monthly run over SQLite and the embedded registry."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from iargus.errors import RegistryUnavailable, UsageError
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.month_view import Status
from iargus.settings.environment import Environment
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import upgrade
from tests.monitoring.conftest import APRIL_1, MARCH_1, MAY_1, World, noise_rows
from tests.toy_tasks import ToyRent, mood_rows, rent_rows

MAIL = "breach_not_mended"


def test_a_healthy_month_of_two_tasks(world: World) -> None:
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    world.train(world.mood)
    world.add(world.mood, mood_rows(300, seed=1), month="2026-02")
    result = world.run(world.rent, world.mood)
    assert result.exit_code == 0
    for task, outcome in zip((world.rent, world.mood), result.tasks, strict=True):
        assert (outcome.status, outcome.rows) == (Status.HEALTHY, 300)
        assert outcome.error is not None
        assert outcome.error < 0.2
        assert (outcome.champion_version, outcome.serving_version) == ("1", "1")
        assert (outcome.retraining, outcome.mail) == (None, None)
        record = world.records.newest(task.name)
        assert record is not None
        assert (str(record.period), record.state) == ("2026-02", State.HEALTHY)
        assert record.error == pytest.approx(outcome.error)
        assert (record.window_end, record.rows_scored) == (datetime(2026, 3, 1), 300)
        assert record.facts["sentence"] == outcome.sentence
        assert world.alias(task, "champion") == "1"
    assert not world.mails


def test_a_suspect_month_is_recorded_and_told_and_nothing_is_retrained(world: World) -> None:
    world.train(world.mood)
    rows = mood_rows(60, seed=1)
    rows.loc[:5, "label"] = "odd"
    world.add(world.mood, rows, month="2026-02")
    outcome = world.judge(world.mood)
    assert outcome.status is Status.SUSPECT
    assert outcome.error is not None
    assert outcome.error > 0.2
    assert "is suspect" in outcome.sentence
    assert "may be chance" in outcome.sentence
    assert (outcome.retraining, outcome.mail) == (None, "suspect")
    assert [stored.mail.kind for stored in world.mails] == ["suspect"]
    record = world.records.newest(world.mood.name)
    assert record is not None
    assert record.state is State.SUSPECT
    assert record.error == pytest.approx(outcome.error)
    assert (world.alias(world.mood, "champion"), world.alias(world.mood, "challenger")) == (
        "1",
        None,
    )
    march = world.judge(world.mood, as_of=APRIL_1)
    assert march.window_start == record.window_end, "its rows are judged, and count once"


def test_a_breach_that_retraining_mends(world: World) -> None:
    world.add(world.rent, rent_rows(1500, seed=1, scale=1.6), month="2026-02")
    outcome = world.judge()
    assert outcome.status is Status.BREACH
    retraining = outcome.retraining
    assert retraining is not None
    assert retraining.decision is Decision.PROMOTE
    assert (retraining.holdout_rows, retraining.learned_rows) == (750, 400 + 750)
    assert retraining.challenger_error is not None
    assert retraining.challenger_error == retraining.serving_error < 0.2
    assert (world.alias(world.rent, "champion"), world.alias(world.rent, "challenger")) == (
        "2",
        None,
    )
    # What was judged is what is served: it has learned nothing from the cut on.
    promoted = world.registry.version(world.rent.name, "2")
    assert promoted.window_end is not None
    assert promoted.window_end <= retraining.cut
    assert promoted.rows == retraining.learned_rows
    record = world.records.newest(world.rent.name)
    assert record is not None
    assert (record.promoted, record.challenger_version) == (True, "2")
    assert outcome.mail == "breach_mended"
    [stored] = world.mails
    assert "Information" in stored.mail.subject


def test_a_breach_that_retraining_does_not_mend_asks_for_a_mail(world: World) -> None:
    world.add(world.rent, noise_rows(300), month="2026-02")
    result = world.run()
    [outcome] = result.tasks
    assert (outcome.status, outcome.mail, outcome.mail_queued) == (Status.BREACH, MAIL, True)
    assert result.exit_code == 0, "SMTP_* is not set: the mail waits, and that is no failure"
    [stored] = world.mails
    assert stored.sent_at is None
    assert result.delivery is not None
    assert (result.delivery.waiting, result.delivery.reason) == (1, "SMTP_SERVER is not set")
    retraining = outcome.retraining
    assert retraining is not None
    expected = ("2", None) if retraining.decision is Decision.PROMOTE else ("1", "2")
    aliases = world.alias(world.rent, "champion"), world.alias(world.rent, "challenger")
    assert aliases == expected


def test_a_challenger_that_is_not_better_stays_challenger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same estimator again, learned from January alone, is an equal one."""
    world.train(world.mood)
    world.add(world.mood, mood_rows(300, seed=1).assign(label="glad"), month="2026-02")
    january = LabelledStore(world.mood, world.database).rows(end=datetime(2026, 2, 1))
    monkeypatch.setattr(
        LabelledStore,
        "rows",
        _rows_of_january_before_the_cut(january),
    )
    outcome = world.judge(world.mood)
    assert outcome.retraining is not None
    assert outcome.retraining.decision is Decision.KEEP
    assert outcome.mail == MAIL
    aliases = world.alias(world.mood, "champion"), world.alias(world.mood, "challenger")
    assert aliases == ("1", "2")
    assert outcome.serving_version == "1"


def _rows_of_january_before_the_cut(january: pd.DataFrame) -> Any:
    original = LabelledStore.rows

    def rows(self: Any, *, start: Any = None, end: Any = None) -> pd.DataFrame:
        return january if start is None else original(self, start=start, end=end)

    return rows


def test_rows_of_a_month_with_too_few_count_in_the_next(world: World) -> None:
    world.add(world.rent, rent_rows(20, seed=1), month="2026-02")
    february = world.run()
    assert february.exit_code == 0
    assert (february.tasks[0].status, february.tasks[0].rows) == (Status.INSUFFICIENT, 20)
    world.add(world.rent, rent_rows(40, seed=2), month="2026-03")
    march = world.judge(as_of=APRIL_1)
    assert (march.status, march.rows) == (Status.HEALTHY, 60)
    assert march.window_start == february.tasks[0].window_start
    april = world.judge(as_of=MAY_1)
    assert (april.rows, april.window_start) == (0, datetime(2026, 4, 1))


def test_a_month_without_rows(world: World) -> None:
    outcome = world.judge()
    assert (outcome.status, outcome.rows, outcome.error) == (Status.INSUFFICIENT, 0, None)


def test_months_without_a_run_are_caught_up_and_named(world: World) -> None:
    world.add(world.rent, rent_rows(60, seed=1), month="2026-02")
    world.judge()
    world.add(world.rent, rent_rows(60, seed=2), month="2026-03")
    world.add(world.rent, rent_rows(60, seed=3), month="2026-04")
    outcome = world.judge(as_of=MAY_1)
    assert outcome.rows == 120
    assert [str(period) for period in outcome.missed_periods] == ["2026-03"]
    assert "2026-03" in outcome.sentence


def test_a_second_run_is_not_due_and_asks_the_registry_nothing(world: World) -> None:
    world.add(world.rent, rent_rows(100, seed=1), month="2026-02")
    world.judge()
    [before] = world.records.history(world.rent.name)
    offline = replace(world, registry=None)  # type: ignore[arg-type]
    result = offline.run()
    assert (result.tasks[0].status, result.exit_code) == (Status.NOT_DUE, 0)
    assert list(world.records.history(world.rent.name)) == [before]


def test_force_judges_the_same_window_again_and_replaces_the_record(world: World) -> None:
    world.add(world.rent, noise_rows(300), month="2026-02")
    first = world.judge()
    assert len(world.mails) == 1
    world.add(world.rent, noise_rows(50, seed=2), month="2026-02")
    second = world.judge(force=True)
    assert second.rows > 0
    assert second.window_end == first.window_end
    [record] = world.records.history(world.rent.name)
    assert record.rows_scored == second.rows
    assert len(world.mails) == 1, "the mail that was not sent is replaced, not repeated"
    assert world.mails[0].mail.body_text.count(second.sentence) == 1


@pytest.mark.parametrize("dry_run", [False, True])
def test_force_behind_the_newest_month_is_refused_before_anything_is_written(
    world: World, dry_run: bool
) -> None:
    world.judge(as_of=APRIL_1)
    before = _dump(world.settings.var_dir / "iargus.db")
    # Also where another task of the same run could be judged.
    with pytest.raises(UsageError, match=f"{world.rent.name}: 2026-03 is recorded already"):
        world.run(world.mood, world.rent, force=True, dry_run=dry_run)
    assert _dump(world.settings.var_dir / "iargus.db") == before
    assert world.mails == []


def test_a_month_that_is_recorded_is_not_called_due_when_force_fails(world: World) -> None:
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    assert world.judge().status is Status.HEALTHY
    world.add(world.rent, rent_rows(300, seed=2), month="2026-02")
    broken = replace(world, registry=Unreachable())  # type: ignore[arg-type]
    outcome = broken.judge(force=True)
    assert (outcome.status, outcome.due) == (Status.FAILED, False)
    [mail] = world.mails
    assert "stays due" not in mail.mail.body_text
    assert "It left what an earlier run had recorded" in mail.mail.body_text


class Unreachable:
    def __getattr__(self, name: str) -> object:
        raise RegistryUnavailable("the registry does not answer")


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(
    world: World, monitoring_registry: Path
) -> None:
    world.add(world.rent, rent_rows(1500, seed=1, scale=1.6), month="2026-02")
    world.train(world.mood)
    world.add(world.mood, mood_rows(300, seed=1).assign(label="odd"), month="2026-02")
    places = [world.settings.var_dir / "iargus.db", monitoring_registry / "mlflow.db"]
    before = [_dump(place) for place in places], _files(world, monitoring_registry)
    result = world.run(world.rent, world.mood, dry_run=True)
    rent, mood = result.tasks
    assert rent.retraining is not None
    assert rent.retraining.decision is Decision.PROMOTE
    assert "would be promoted" in rent.sentence
    assert (rent.serving_version, rent.run_id) == ("1", None)
    assert (mood.mail, mood.mail_queued) == (MAIL, False)
    assert result.delivery is None
    assert ([_dump(place) for place in places], _files(world, monitoring_registry)) == before


def _dump(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


def _files(world: World, registry: Path) -> list[str]:
    found = [*world.settings.var_dir.rglob("*"), *registry.rglob("*")]
    # SQLite's own journals come and go with readers.
    return sorted(str(path) for path in found if not path.name.endswith(("-wal", "-shm")))


def test_a_failing_task_neither_hides_nor_stops_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = ToyRent("orphan", world.rent.policy)
    broken = ToyRent("broken", world.rent.policy)
    world.add(broken, rent_rows(400), month="2026-01")
    world.train(broken)
    world.add(broken, noise_rows(100), month="2026-02")

    def fail(self: Any) -> Pipeline:
        raise RuntimeError("an estimator of one's own\nwith a second line")

    monkeypatch.setattr(broken, "build_estimator", fail.__get__(broken))
    world.add(world.rent, rent_rows(100, seed=1), month="2026-02")
    result = world.run(orphan, broken, world.rent)
    assert [outcome.status for outcome in result.tasks] == [
        Status.FAILED,
        Status.FAILED,
        Status.HEALTHY,
    ]
    assert "iargus train orphan" in result.tasks[0].sentence
    assert result.tasks[1].sentence.endswith("RuntimeError: an estimator of one's own")
    assert result.exit_code == 1
    assert world.records.newest("orphan") is world.records.newest("broken") is None


def test_too_few_rows_to_train_on_fail_the_task(world: World) -> None:
    young = ToyRent("young", world.rent.policy)
    world.add(young, rent_rows(400), month="2026-01")
    world.train(young)
    with sqlite3.connect(world.settings.var_dir / "iargus.db") as connection:
        connection.execute("DELETE FROM labelled_examples WHERE task = 'young'")
    connection.close()
    # All of one moment: nothing before it is left to learn from.
    timestamp = pd.Timestamp("2026-02-10")
    rows = noise_rows(100).assign(observed_at=timestamp)
    LabelledStore(young, world.database).add(rows, source="test")
    outcome = world.judge(young)
    assert outcome.status is Status.FAILED
    assert "0 labelled rows" in outcome.sentence


def test_labels_that_are_none_are_set_aside_and_counted(world: World) -> None:
    rows = rent_rows(100, seed=1)
    rows.loc[:9, "label"] = 0.0
    world.add(world.rent, rows, month="2026-02")
    outcome = world.judge()
    assert (outcome.status, outcome.rows, outcome.refused_rows) == (Status.HEALTHY, 90, 10)


def test_a_registry_out_of_reach_fails_with_a_clear_line(world: World) -> None:
    from iargus.registry import Registry

    world.add(world.rent, rent_rows(100, seed=1), month="2026-02")
    environment = Environment(var_dir=world.settings.var_dir, mlflow_uri="http://127.0.0.1:9")
    settings = replace(world.settings, environment=environment)
    result = replace(world, settings=settings, registry=Registry.connect(settings)).run()
    [outcome] = result.tasks
    assert (outcome.status, result.exit_code) == (Status.FAILED, 1)
    assert "MLFLOW_HOST" in outcome.sentence
    assert "\n" not in outcome.sentence
    assert world.records.newest(world.rent.name) is None


def test_an_altered_champion_is_refused(world: World) -> None:
    world.add(world.rent, rent_rows(100, seed=1), month="2026-02")
    [model] = [
        path
        for path in world.settings.var_dir.rglob("model.skops")
        if world.registry.resolve(world.rent.name, "champion").run_id in str(path)  # type: ignore[union-attr]
    ]
    model.write_bytes(model.read_bytes() + b"x")
    outcome = world.judge()
    assert outcome.status is Status.FAILED
    assert "altered" in outcome.sentence


def test_json_tells_the_same_facts(world: World) -> None:
    world.add(world.rent, noise_rows(100), month="2026-02")
    result = world.run(as_of=MARCH_1)
    document = json.loads(json.dumps(result.to_json()))
    assert (document["as_of"], document["period"]) == ("2026-03-01", "2026-02")
    assert document["exit_code"] == 0
    [task] = document["tasks"]
    assert (task["status"], task["mail"]) == ("breach", MAIL)
    assert task["window_end"] == "2026-03-01T00:00:00Z"
    assert task["retraining"]["holdout_rows"] == 50
    record = world.records.newest(world.rent.name)
    assert record is not None
    assert record.facts["retraining"] == task["retraining"]


def test_a_whole_run_on_mariadb(world: World, mariadb_environ: dict[str, str]) -> None:
    """The server's own clock is not in UTC there; nothing may depend on it."""
    mysql = Environment.read(mariadb_environ).mysql
    environment = world.settings.environment.model_copy(update={"mysql": mysql})
    settings = replace(world.settings, environment=environment)
    database = Database.connect(LABELLED, settings)
    upgrade(database)
    world = replace(world, settings=settings, database=database)
    try:
        world.add(world.rent, rent_rows(400), month="2026-01")
        world.add(world.rent, noise_rows(300), month="2026-02")
        outcome = world.judge()
        assert (outcome.rows, outcome.status, outcome.mail_queued) == (300, Status.BREACH, True)
        assert outcome.retraining is not None
        assert outcome.retraining.learned_rows == 400 + 150
        record = world.records.newest(world.rent.name)
        assert record is not None
        assert (record.window_start, record.window_end) == (
            outcome.window_start,
            outcome.window_end,
        )
        assert world.judge().status is Status.NOT_DUE
        assert world.judge(force=True).status is Status.BREACH
        assert len(world.mails) == 1
    finally:
        database.dispose()
