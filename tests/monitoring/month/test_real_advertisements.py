"""Three months of real advertisements, a quarter of them posted again, in which nothing drifts."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import Found, Reference
from iargus.settings import Policy
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import Evaluation
from iargus.training.split import split

FILE = Path(os.environ.get("IARGUS_DATA", "")) / "vehicles_us.csv"
pytestmark = pytest.mark.skipif(
    "IARGUS_DATA" not in os.environ or not FILE.exists(),
    reason="IARGUS_DATA names no folder with vehicles_us.csv",
)
MONTHS = ("2018-11", "2018-12", "2019-01")


@pytest.fixture(scope="module")
def task() -> Task:
    return Catalogue.read(Policy()).get("car_price")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    found = pd.read_csv(FILE, parse_dates=["date_posted"])
    found = found[found["model_year"].notna() & found["price"].between(500, 500_000)]
    words = found["model"].str.split(n=1)
    return pd.DataFrame(
        {
            "state": None,
            "make": words.str[0],
            "model": words.str[1],
            "year": found["model_year"].astype(int),
            "mileage": found["odometer"],
            LABEL: found["price"].astype(float),
            "observed_at": found["date_posted"],
        }
    ).reset_index(drop=True)


@pytest.mark.parametrize("month", MONTHS)
def test_no_month_has_a_drift(task: Task, rows: pd.DataFrame, month: str) -> None:
    """The prices stand for the predictions, so that no model need be fitted."""
    parts = split(task, rows[rows["observed_at"] < MONTHS[0]].reset_index(drop=True))
    reference = Reference.of(task, parts.test, _by_price(parts.test), repeated=parts.repeated_share)
    start = pd.Timestamp(month)
    earlier = EarlierRows((*task.features, LABEL))
    earlier.remember(rows[rows["observed_at"] < start])
    window = rows[
        (rows["observed_at"] >= start) & (rows["observed_at"] < start + pd.offsets.MonthBegin())
    ]
    seen = Month(task, Found(reference), earlier)
    counted = window[seen.see(window)].reset_index(drop=True)
    assert 0.2 < 1 - len(counted) / len(window) < 0.3
    seen.score(counted, _by_price(counted))
    observed = seen.observed()
    assert observed.drift is not None
    assert [feature.feature for feature in observed.drift.drifted] == []
    assert observed.serious == ()


def _by_price(rows: pd.DataFrame) -> Evaluation:
    errors = np.full(len(rows), 0.1)
    return Evaluation("mape", 0.1, len(rows), errors, {}, rows[LABEL].to_numpy())
