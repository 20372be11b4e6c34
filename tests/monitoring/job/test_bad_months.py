"""However bad a month's rows are, the run ends with a verdict or a reason, never a traceback."""

from __future__ import annotations

import json

import pytest

from iargus.monitoring.job.findings import Judgement
from iargus.monitoring.job.steps import Steps
from iargus.monitoring.view.month_view import MonthView, Status
from tests.monitoring.conftest import World
from tests.monitoring.job.bad_months import KINDS, BadMonth, bad_months, remove, store

EVERY_KIND = list(bad_months(len(KINDS)))


def assert_named(month: BadMonth, outcome: MonthView) -> None:
    told = f"{month.kind}, seed {month.seed}: {outcome.status}, {outcome.sentence}"
    assert outcome.status in month.states, told
    assert "unexpected" not in outcome.sentence, told
    assert month.named in outcome.sentence, told
    if outcome.status is not Status.FAILED and month.refused is not None:
        assert outcome.refused_rows == month.refused, told
    json.dumps(outcome.to_json(), allow_nan=False)


def test_two_hundred_of_them_are_judged(world: World) -> None:
    for month in bad_months(200):
        store(world.database, world.rent.name, month)
        assert_named(month, world.judge(dry_run=True))
        remove(world.database, world.rent.name)


@pytest.mark.parametrize("month", EVERY_KIND, ids=lambda month: month.kind)
def test_one_of_each_kind_is_recorded_or_stays_due(
    world: World, month: BadMonth, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Steps.decided

    def decided(self: Steps, judgement: Judgement) -> None:
        # As MariaDB keeps it, which takes no NaN; and as the next run reads it.
        text = json.dumps(judgement.to_json(), allow_nan=False)
        assert Judgement.from_json(json.loads(text)) == judgement
        original(self, judgement)

    monkeypatch.setattr(Steps, "decided", decided)
    store(world.database, world.rent.name, month)
    result = world.run()
    [outcome] = result.tasks
    assert_named(month, outcome)
    record = world.records.newest(world.rent.name)
    if outcome.status is Status.FAILED:
        assert (result.exit_code, record) == (1, None)
    else:
        assert (result.exit_code, record is None) == (0, False)
        assert world.judge().status is Status.NOT_DUE
