"""Rows of the future: no training window holds them, and a champion whose window does is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from iargus.errors import DataError
from iargus.monitoring.view.month_view import Status
from iargus.operations.doctor.finding import Level
from iargus.operations.doctor.months import examine_months, examine_windows
from iargus.storage.labelled.store import LabelledStore
from iargus.training.rows import training_rows
from tests.monitoring.conftest import APRIL_1, World
from tests.toy_tasks import rent_rows

NOW = datetime(2026, 3, 20, tzinfo=UTC)
SLIP = datetime(2062, 10, 14)


def slip(world: World) -> World:
    """A row of January that is dated 2062."""
    rows = rent_rows(1).assign(observed_at=pd.Timestamp(SLIP))
    LabelledStore(world.rent, world.database).add(rows, source="test")
    return replace(world, clock=lambda: NOW)


def test_a_training_leaves_rows_of_the_future_out_and_says_so(world: World) -> None:
    world = slip(world)
    store = LabelledStore(world.rent, world.database)
    found = training_rows(store, now=NOW)
    assert (len(found.rows), found.future, found.latest) == (400, 1, SLIP)
    assert found.rows["observed_at"].max() < pd.Timestamp(NOW.replace(tzinfo=None))
    said = found.left_out("rent")
    assert said is not None
    assert "1 row of rent dated in the future, up to 2062-10-14, is left out" in said
    assert training_rows(store, now=NOW, end=datetime(2026, 2, 1)).left_out("rent") is None
    # Clocks may differ: tomorrow's rows are rows.
    assert training_rows(store, now=datetime(2062, 10, 13, 12, tzinfo=UTC)).future == 0


def test_a_window_that_ends_in_the_future_judges_nothing_and_promises_nothing(
    world: World,
) -> None:
    world = slip(world)
    world.train(world.rent)
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    outcome = world.judge()
    assert outcome.status is Status.FAILED
    assert "dated until 2062-10-14, in the future" in outcome.sentence
    assert f"iargus data future {world.rent.name}" in outcome.sentence
    assert world.records.newest(world.rent.name) is None
    [found] = examine_windows(world.database, world.registry, [world.rent], world.clock)
    assert found.level is Level.PROBLEM
    assert f"iargus train {world.rent.name} --until 2026-02-01 --alias champion" in found.remedy
    [month] = examine_months(world.database, [world.rent.name], world.clock)
    assert "is judged" not in month.detail


def test_what_the_doctor_names_mends_it(world: World) -> None:
    world = slip(world)
    world.train(world.rent)
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    store = LabelledStore(world.rent, world.database)
    assert store.remove(start=datetime(2026, 3, 21), expected=1) == 1
    rows = training_rows(store, now=NOW, end=datetime(2026, 2, 1)).rows
    assert len(rows) == 400
    world.train_on(world.rent, rows)
    outcome = world.judge(force=True)
    assert (outcome.status, outcome.rows) == (Status.HEALTHY, 300)
    found = [*examine_windows(world.database, world.registry, [world.rent], world.clock)]
    assert [each.level for each in found] == [Level.OK]


def test_a_month_that_an_older_release_had_recorded_as_empty_is_judged_on_its_rows(
    world: World,
) -> None:
    """The window was empty because the champion had learned from rows of 2062."""
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    [empty] = world.run(world.rent).tasks
    record = world.records.newest(world.rent.name)
    assert record is not None
    assert empty.rows == 300
    wiped = replace(record, window_start=record.window_end, rows_scored=0, error=None)
    wiped = replace(wiped, state=type(record.state).INSUFFICIENT)
    world.records.write(wiped, None, replace=True)
    [month] = examine_months(world.database, [world.rent.name], lambda: NOW)
    assert "2026-02 was not judged: 0 rows are too few" in month.detail
    assert world.judge(force=True).rows == 300
    world.records.write(wiped, None, replace=True)
    assert world.judge(as_of=APRIL_1).rows == 300


def test_too_few_rows_are_promised_to_count_again_only_where_they_can(world: World) -> None:
    assert "count" not in world.judge().sentence.replace("counted", "")
    world.add(world.rent, rent_rows(20, seed=1), month="2026-02")
    assert "They count again next month, unless" in world.judge(force=True).sentence
    world.add(world.rent, rent_rows(20, seed=2), month="2026-03")
    world.train(world.rent)
    learned = world.judge(force=True).sentence
    assert "It has learned from rows until 2026-02-28" in learned or "until 2026-03-01" in learned
    assert "count again" not in learned


def test_rows_are_removed_all_or_not_at_all(world: World) -> None:
    world = slip(world)
    store = LabelledStore(world.rent, world.database)
    with pytest.raises(DataError, match="1 rows instead of 2"):
        store.remove(start=datetime(2026, 3, 21), expected=2)
    assert store.span().count == 401


def test_months_that_the_champion_has_learned_from_are_not_called_covered(world: World) -> None:
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    world.judge()
    world.add(world.rent, rent_rows(300, seed=2), month="2026-03")
    world.train(world.rent)
    world.add(world.rent, rent_rows(300, seed=3), month="2026-04")
    outcome = world.judge(as_of=APRIL_1.replace(month=5))
    assert outcome.missed_periods
    # The champion has learned from the rows of March, of which the last days were not judged.
    assert "this one covers the time since 2026-03-" in outcome.sentence
