"""A month and its reference treat repeats alike, and everybody says so in the same words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from iargus.cli.monitor.tables import show
from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import Found, Reference
from iargus.monitoring.stats.quality.findings import Fault
from iargus.monitoring.view.mail.alerts import content_of
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.report.page import render_report
from iargus.monitoring.view.wording.explaining import explain
from iargus.monitoring.view.wording.rows import repeats
from iargus.settings import Policy
from iargus.storage.labelled.repeats import LABEL, EarlierRows, Repeats
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import Evaluation
from iargus.training.split import split
from tests.monitoring.conftest import World
from tests.toy_tasks import rent_rows


def cars(random: np.random.Generator, rows: int, *, months: tuple[int, int]) -> pd.DataFrame:
    """Different cars, in order of time."""
    age = random.integers(0, 15, rows)
    days = pd.to_timedelta(np.sort(random.uniform(30 * months[0], 30 * months[1], rows)), "D")
    moments = (pd.Timestamp("2026-01-01") + days).floor("s")
    dear = random.random(rows) < 0.3
    return pd.DataFrame(
        {
            "state": None,
            "make": np.where(dear, "bmw", random.choice(["ford", "kia"], rows)),
            "model": np.where(dear, "x5", random.choice(["focus", "rio"], rows)),
            "year": 2026 - age,
            "mileage": (age + 1) * random.lognormal(9.2, 0.4, rows),
            "label": np.where(dear, 2.5, 1.0) * random.lognormal(9, 0.3, rows),
            "observed_at": moments,
        }
    )


def posted_again(rows: pd.DataFrame, random: np.random.Generator, count: int) -> pd.DataFrame:
    """`count` of the dear cars once more."""
    dear = np.flatnonzero((rows["make"] == "bmw").to_numpy())
    return rows.iloc[random.choice(dear, count, replace=False)]


def evaluated(rows: pd.DataFrame) -> Evaluation:
    errors = np.full(len(rows), 0.1)
    return Evaluation("mape", 0.1, len(rows), errors, {}, rows[LABEL].to_numpy() * 1.1)


@pytest.fixture
def task() -> Task:
    return Catalogue.read(Policy()).get("car_price")


def test_dear_cars_that_are_posted_again_are_no_drift(task: Task) -> None:
    random = np.random.default_rng(7)
    history = cars(random, 8_000, months=(0, 6))
    again = posted_again(history, random, 1_500).assign(
        observed_at=lambda each: each["observed_at"] + pd.Timedelta(days=40)
    )
    history = pd.concat([history, again]).sort_values("observed_at", ignore_index=True)
    history = history[history["observed_at"] < "2026-06-30"].reset_index(drop=True)
    parts = split(task, history)
    assert parts.repeated_share > 0.15
    reference = Reference.of(task, parts.test, evaluated(parts.test), repeated=parts.repeated_share)
    month = cars(random, 1_500, months=(6, 7))
    month = pd.concat([month, posted_again(history, random, 500)], ignore_index=True)

    def drifted(earlier: EarlierRows) -> list[str]:
        seen = Month(task, Found(reference), earlier)
        counted = month[seen.see(month)]
        seen.score(counted.reset_index(drop=True), evaluated(counted))
        drift = seen.observed().drift
        assert drift is not None
        return [feature.feature for feature in drift.drifted]

    known = EarlierRows((*task.features, LABEL))
    known.remember(history)
    assert drifted(known) == []
    assert "model" in drifted(EarlierRows((*task.features, LABEL))), "it would be one if counted"


def test_repeats_are_left_out_of_the_month_and_everybody_says_so(world: World) -> None:
    new = rent_rows(300, seed=1)
    known = LabelledStore(world.rent, world.database).rows().head(40)[[*world.rent.features, LABEL]]
    rows = pd.concat([new, known, new.head(10)], ignore_index=True)
    world.add(world.rent, rows, month="2026-02")
    result = world.run()
    [outcome] = result.tasks
    assert outcome.status is Status.HEALTHY
    assert outcome.rows == 300
    assert "on 300 new rows (50 repeats of earlier rows left out)" in outcome.sentence
    assert outcome.observed is not None
    assert outcome.observed.drift is not None
    assert outcome.observed.drift.rows == 300
    view = MonthView.from_json(json.loads(json.dumps(outcome.to_json())))
    assert view == outcome
    assert outcome.observed.repeats is not None
    told = repeats(outcome.observed.repeats)
    assert "left out of the month and of the reference: 50 of 350 rows" in told
    assert told in [line for section in explain(view) for line in section.sentences]
    assert told in render_report(view)
    mail = content_of((Kind.SUSPECT,), outcome, world.settings, before=None, failed_before=False)
    assert told in mail.done
    [finding] = [each for each in outcome.observed.quality if each.fault is Fault.DUPLICATED]
    assert (finding.count, finding.rows, finding.detail) == (50, 350, "left out")


def test_the_table_of_a_run_says_it_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    rows = rent_rows(100, seed=1)
    world.add(world.rent, pd.concat([rows, rows.head(3)], ignore_index=True), month="2026-02")
    show(world.run(dry_run=True), Console(width=200))
    shown = capsys.readouterr().out
    assert "100 (3 repeats of earlier rows left out)" in shown
    assert "Repeats of earlier rows are left out of the month and of the reference" in shown


def test_a_reference_of_an_earlier_version_is_met_on_its_own_footing(task: Task) -> None:
    """It left out what repeats learned rows and counted its own repeats: so does its month."""
    random = np.random.default_rng(8)
    rows = cars(random, 500, months=(0, 1))
    written = json.loads(Reference.of(task, rows, evaluated(rows)).to_json())
    del written["repeats"]
    reference = Reference.from_json(json.dumps(written))
    assert reference.repeats is Repeats.OWN_COUNTED
    earlier = EarlierRows((*task.features, LABEL))
    earlier.remember(rows.head(20))
    month = Month(task, Found(reference), earlier)
    new = cars(random, 100, months=(1, 2))
    parts = pd.concat([new, rows.head(20)]), new.head(15)
    assert [int(month.see(part).sum()) for part in parts] == [100, 15]
    facts = month.observed().repeats
    assert facts is not None
    assert (facts.how, facts.rows, facts.repeated) == (Repeats.OWN_COUNTED, 135, 20)
    assert "counted, as in the reference" in repeats(facts)
    [finding] = [each for each in month.findings() if each.fault is Fault.DUPLICATED]
    assert (finding.count, finding.detail) == (15, "counted, as in the reference")


@pytest.mark.parametrize(("before", "serious"), [(0.25, False), (0.05, True)])
def test_as_many_repeats_as_in_the_reference_are_no_fault(
    task: Task, before: float, serious: bool
) -> None:
    random = np.random.default_rng(9)
    rows = cars(random, 500, months=(0, 1))
    reference = Reference.of(task, rows, evaluated(rows), repeated=before)
    month = Month(task, Found(Reference.from_json(reference.to_json())))
    new = cars(random, 300, months=(1, 2))
    counted = month.see(pd.concat([new, new.head(100)], ignore_index=True))
    assert int(counted.sum()) == 300
    found = [each.fault for each in month.observed().serious]
    assert (Fault.DUPLICATED in found) is serious


def test_a_month_of_nothing_but_repeats_is_not_enough_data(world: World) -> None:
    known = LabelledStore(world.rent, world.database).rows()[[*world.rent.features, LABEL]]
    world.add(world.rent, known.head(200), month="2026-02")
    outcome = world.judge()
    assert outcome.status is Status.INSUFFICIENT
    assert "0 new rows (200 repeats of earlier rows left out)" in outcome.sentence


def test_units_are_told_by_the_rows_that_count(task: Task) -> None:
    """A few cars in kilometres that are sent a hundred times are not a month in kilometres."""
    random = np.random.default_rng(10)
    rows = cars(random, 2_000, months=(0, 1))
    reference = Reference.of(task, rows, evaluated(rows))
    month = Month(task, Found(reference))
    new = cars(random, 400, months=(1, 2))
    wrong = cars(random, 10, months=(1, 2)).assign(mileage=lambda each: each["mileage"] * 1.609)
    month.see(pd.concat([new, *[wrong] * 100], ignore_index=True))
    assert Fault.UNIT not in [each.fault for each in month.findings()]
