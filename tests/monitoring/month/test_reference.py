"""The reference that is stored with a version, and what a run does with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iargus.errors import DataError
from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import (
    PREDICTION,
    REFERENCE_FILE,
    Found,
    Reference,
    find_reference,
)
from iargus.monitoring.stats.drift.compare import compare_features
from iargus.monitoring.stats.quality.findings import Fault
from iargus.monitoring.view.month_view import Status
from iargus.settings import Policy
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import Evaluation
from tests.monitoring.conftest import APRIL_1, World
from tests.toy_tasks import rent_rows


def _evaluation(rows: int, *, uncertainties: bool = True) -> Evaluation:
    random = np.random.default_rng(3)
    errors = random.uniform(0, 0.3, rows)
    return Evaluation(
        metric="mape",
        error=float(errors.mean()),
        rows=rows,
        errors=errors,
        extra={},
        predicted=random.uniform(5_000, 30_000, rows),
        uncertainties=random.uniform(0, 1, rows) if uncertainties else None,
    )


def _cars(rows: int) -> pd.DataFrame:
    random = np.random.default_rng(4)
    moments = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows), "h")
    age = random.integers(0, 15, rows)
    return pd.DataFrame(
        {
            "state": None,
            "make": random.choice(["ford", "bmw", "kia"], rows),
            "model": random.choice(["focus", "i3", "rio"], rows),
            "year": moments.year - age,
            "mileage": (age + 1) * random.lognormal(9.2, 0.4, rows),
            "label": random.uniform(5_000, 30_000, rows),
            "observed_at": moments,
        }
    )


@pytest.fixture
def task() -> Task:
    return Catalogue.read(Policy()).get("car_price")


def test_what_is_written_is_read_again(task: Task) -> None:
    rows = _cars(500)
    reference = Reference.of(task, rows, _evaluation(500))
    text = reference.to_json()
    assert Reference.from_json(text).to_json() == text
    assert set(reference.columns) == {
        "state", "make", "model", "mileage", "age_years", PREDICTION,
    }  # fmt: skip
    assert set(reference.kinds) == set(task.features)
    assert (reference.rows, reference.uncertainties is None) == (500, False)
    assert len(text) < 100_000


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "rows": "x"}']
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(DataError):
        Reference.from_json(text)


def test_few_rows_or_no_uncertainties_teach_nothing_about_them(task: Task) -> None:
    assert Reference.of(task, _cars(50), _evaluation(50)).uncertainties is None
    assert (
        Reference.of(task, _cars(500), _evaluation(500, uncertainties=False)).uncertainties is None
    )


def test_the_age_of_cars_is_compared_and_not_their_year(task: Task) -> None:
    """A year later the same market has the years of models one higher: that is no drift."""
    rows = _cars(2_000)
    later = rows.assign(
        year=rows["year"] + 1, observed_at=rows["observed_at"] + pd.DateOffset(years=1)
    )
    before, after = task.drift_features(rows), task.drift_features(later)
    pd.testing.assert_series_equal(before["age_years"], after["age_years"])


def test_no_car_grows_a_year_older_on_new_years_day(task: Task) -> None:
    """In whole years of the calendar every January was a drift of the age."""
    rows = _cars(4_000)
    december, january = (
        task.drift_features(rows.assign(observed_at=pd.Timestamp(day)))
        for day in ("2026-12-20", "2027-01-10")
    )
    [age] = [each for each in compare_features(december, january) if each.feature == "age_years"]
    assert not age.drifted
    means = [each["age_years"].mean() for each in (december, january)]
    assert means[1] - means[0] == pytest.approx(21 / 365, abs=0.03)
    assert set(december["age_years"]) <= set(range(-2, 40)), "whole years"


def test_a_version_without_a_reference_is_judged_and_says_so(world: World) -> None:
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    version = world.registry.resolve(world.rent.name, "champion")
    assert version is not None
    client = world.registry._connection.client()
    client.delete_model_version_tag(world.rent.name, version.version, f"sha256.{REFERENCE_FILE}")
    outcome = world.judge()
    assert outcome.status is Status.HEALTHY
    assert outcome.observed is not None
    assert outcome.observed.drift is not None
    assert "without a reference" in str(outcome.observed.drift.reason)


def test_an_altered_reference_is_not_believed(world: World) -> None:
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    [path] = _files(world)
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"rows": 7}))
    version = world.registry.resolve(world.rent.name, "champion")
    assert version is not None
    found = find_reference(version, world.registry)
    assert found.reference is None
    assert "reference of version 1" in str(found.reason)
    assert world.judge().status is Status.HEALTHY


def test_a_drift_is_told_once_and_again_after_a_promotion(world: World) -> None:
    for month, seed in (("2026-02", 1), ("2026-03", 2)):
        rows = rent_rows(300, seed=seed)
        rows["city"] = "Nantes"
        world.add(world.rent, rows, month=month)
    february = world.judge()
    assert february.observed is not None
    assert february.observed.drift is not None
    [first, *_] = [each.feature for each in february.observed.drift.drifted]
    assert first == "city"
    march = world.judge(as_of=APRIL_1)
    assert march.observed is not None
    assert march.observed.drift is not None
    assert march.observed.drift.drifted, "it is still in the report"
    assert ("drift" in (february.mail or ""), march.mail) == (True, None)


def test_a_retraining_brings_its_own_reference(world: World) -> None:
    world.add(world.rent, rent_rows(1500, seed=1, scale=1.6), month="2026-02")
    outcome = world.judge()
    assert outcome.serving_version == "2"
    version = world.registry.version(world.rent.name, "2")
    reference = find_reference(version, world.registry).reference
    assert reference is not None
    assert outcome.retraining is not None
    assert reference.rows == outcome.retraining.holdout_rows
    assert reference.start >= outcome.retraining.cut


def test_kilometres_are_named(task: Task) -> None:
    rows = _cars(2_000)
    reference = Reference.of(task, rows, _evaluation(2_000))
    month = Month(task, Found(reference))
    month.see(_cars(1_000).assign(mileage=lambda each: each["mileage"] * 1.609))
    [finding] = [each for each in month.findings() if each.fault is Fault.UNIT]
    assert finding.column == "mileage"
    assert "kilometres" in finding.detail


def test_a_column_that_was_always_empty_is_no_news(task: Task) -> None:
    reference = Reference.of(task, _cars(500), _evaluation(500))
    month = Month(task, Found(reference))
    month.see(_cars(200))  # their state is empty, as it was
    month.see(_cars(200).assign(make=None))
    empty = [each.column for each in month.findings() if each.fault is Fault.COLUMN_EMPTY]
    assert empty == []
    only = Month(task, Found(reference))
    only.see(_cars(200).assign(make=None))
    assert [e.column for e in only.findings() if e.fault is Fault.COLUMN_EMPTY] == ["make"]


def _files(world: World) -> list[Path]:
    version = world.registry.resolve(world.rent.name, "champion")
    assert version is not None
    found = world.settings.var_dir.rglob(REFERENCE_FILE)
    return [path for path in found if version.run_id in str(path)]


def test_labelled_rows_of_a_month_come_in_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the rows are cut into parts, the outcome is the same."""
    world.add(world.rent, rent_rows(300, seed=1), month="2026-02")
    whole = world.judge(dry_run=True)
    original = LabelledStore.chunks
    monkeypatch.setattr(
        LabelledStore, "chunks", lambda self, **options: original(self, **{**options, "size": 7})
    )
    parts = world.judge(dry_run=True)
    assert parts.rows == whole.rows == 300
    assert parts.error == pytest.approx(whole.error, rel=1e-12)
    assert parts.observed is not None
    assert whole.observed is not None
    assert parts.observed.quality == whole.observed.quality
    assert parts.observed.drift is not None
    assert whole.observed.drift is not None
    for one, other in zip(
        parts.observed.drift.features, whole.observed.drift.features, strict=True
    ):
        assert (one.feature, one.drifted) == (other.feature, other.drifted)
        assert one.changes[0].p_value == pytest.approx(other.changes[0].p_value, rel=0.05)
