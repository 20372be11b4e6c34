"""`iargus monitor history`, and how `iargus monitor` is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iargus.mailing.message import Mail
from iargus.monitoring.job.records import MonitoringRecords
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.cli.conftest import Run
from tests.monitoring.view.explaining.judged_months import (
    BREACH,
    SUSPECT,
    TASK,
    first_version,
    month,
    recorded,
)


@pytest.fixture
def records(run: Run, tmp_path: Path) -> MonitoringRecords:
    """Of an empty database, the one that `run` works on."""
    settings = Settings(Environment(var_dir=tmp_path / "var"), Policy())
    database = Database.connect(LABELLED, settings)
    upgrade(database)
    return MonitoringRecords(database)


def test_history_of_every_task(run: Run, records: MonitoringRecords) -> None:
    mail = Mail("<1@x>", "s", "t", "h", b"PNG", TASK, "2026-05", "suspect")
    records.write(recorded(month("2026-04"), first_version(month("2026-04").to_json())), None)
    records.write(recorded(month("2026-05", **SUSPECT)), mail)

    outcome = run("monitor", "history")

    assert outcome.status == 0
    assert "mail “suspect” waiting" in outcome.out
    assert "No month of intent was judged yet" in outcome.out


def test_json_is_the_documents_the_newest_last(run: Run, records: MonitoringRecords) -> None:
    outcomes = [month("2026-03"), month("2026-04", **BREACH), month("2026-05")]
    for each in outcomes:
        records.write(recorded(each), None)

    outcome = run("monitor", "history", TASK, "--months", "2", "--json")

    assert json.loads(outcome.out) == [each.to_json() for each in outcomes[1:]]


def test_nothing_judged_yet_is_a_sentence(run: Run, records: MonitoringRecords) -> None:
    outcome = run("monitor", "history", TASK)

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"No month of {TASK} was judged yet; iargus monitor judges the last.\n"
    assert json.loads(run("monitor", "history", "--json").out) == []


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("history", "nobody"), 2, "there are car_price, intent"),
        (("history", "--months", "0"), 2, "--months"),
        (("nothing",), 2, "No such command 'nothing'"),
        (("--dry-run", "history"), 2, "options go behind the command"),
        (("--task", TASK, "run"), 2, "options go behind the command"),
        (("history",), 1, "iargus db upgrade"),
        (("run", "--as-of", "9999-01-01"), 2, "has not come yet"),
        (("--as-of", "9999-01-01"), 2, "has not come yet"),
    ],
)
def test_what_is_wrong_is_said(
    run: Run, arguments: tuple[str, ...], status: int, message: str
) -> None:
    outcome = run("monitor", *arguments)

    assert (outcome.status, outcome.out) == (status, "")
    assert message in outcome.err


def test_a_task_is_named_as_for_the_run(run: Run, records: MonitoringRecords) -> None:
    records.write(recorded(month("2026-04")), None)
    by_option = run("monitor", "history", "--task", "intent")
    assert (by_option.status, by_option.out) == (0, run("monitor", "history", "intent").out)
    assert "car_price" not in by_option.out
    assert run("monitor", "history", "--task", "nothing").status == 2
    assert run("monitor", "--task", "car_price", "--as-of", "0001-01-01").status == 2
