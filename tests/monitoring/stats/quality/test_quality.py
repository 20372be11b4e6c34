"""What is wrong with a month's rows, by name."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iargus.monitoring.stats.drift.summary import Kind
from iargus.monitoring.stats.quality.findings import Fault, Finding
from iargus.monitoring.stats.quality.scan import QualityScan
from iargus.monitoring.stats.quality.units import UnitChange, UnitCheck, UnitScan, unit_reference

KINDS = {"make": Kind.CATEGORY, "year": Kind.NUMBER, "mileage": Kind.NUMBER}


def cars(rows: int, *, seed: int = 0) -> pd.DataFrame:
    """Older cars have driven further."""
    random = np.random.default_rng(seed)
    year = random.integers(2000, 2019, rows)
    mileage = (2020 - year) * 11_000 * random.lognormal(0, 0.5, rows)
    return pd.DataFrame(
        {
            "make": random.choice(["ford", "kia"], rows),
            "year": year,
            "mileage": mileage,
            "label": random.lognormal(9, 0.5, rows),
        }
    )


HISTORY = cars(5000)
REFERENCE = unit_reference(HISTORY["mileage"], HISTORY["year"])


def check(rows: pd.DataFrame, *cuts: int) -> list[Finding]:
    """The findings in `rows`, added in parts that end at `cuts`."""
    unit = UnitCheck("mileage", "year", REFERENCE)
    scan = QualityScan(KINDS, label="label", units=(unit,))
    for start, end in pairwise((0, *cuts, len(rows))):
        scan.add(rows.iloc[start:end])
    return scan.findings()


def test_good_rows_have_no_fault() -> None:
    for seed in range(1, 40):
        assert check(cars(400, seed=seed)) == []


def put(column: str, value: Any, rows: int = 7) -> Any:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype({column: object})
        frame.loc[frame.index[:rows], column] = value
        return frame

    return spoil


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (put("label", None), (Fault.LABEL_MISSING, "label", 7)),
        (put("mileage", None, 400), (Fault.COLUMN_EMPTY, "mileage", 400)),
        (put("year", "two thousand"), (Fault.TYPE_FLIP, "year", 7)),
        (put("make", 12), (Fault.NUMBERS_IN_WORDS, "make", 7)),
        (put("mileage", float("inf")), (Fault.INFINITE, "mileage", 7)),
        (put("make", "x" * 10_000_000, 1), (Fault.TEXT_TOO_LONG, "make", 1)),
        (lambda rows: rows.drop(columns="make"), (Fault.COLUMN_MISSING, "make", 400)),
        (lambda rows: rows[:0], (Fault.NO_ROWS, None, 0)),
        (
            lambda rows: rows.assign(mileage=rows["mileage"] * 1.609344),
            (Fault.UNIT, "mileage", 400),
        ),
    ],
)
def test_every_fault_has_its_name_and_count(
    spoil: Any, expected: tuple[Fault, str | None, int]
) -> None:
    found = check(spoil(cars(400, seed=1)))
    assert [(one.fault, one.column, one.count) for one in found] == [expected]


def unit_change(values: pd.Series, groups: pd.Series) -> UnitChange | None:
    scan = UnitScan(REFERENCE)
    scan.add(values, groups)
    return scan.change()


@pytest.mark.parametrize("rows", [300, 20_000])
@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (1.609344, "kilometres instead of miles"),
        (1 / 1.609344, "miles instead of kilometres"),
        (0.001, "thousandths"),
    ],
)
def test_a_changed_unit_is_named(rows: int, factor: float, name: str) -> None:
    month = cars(rows, seed=3)
    change = unit_change(month["mileage"] * factor, month["year"])
    assert change is not None
    assert change.name == name
    assert change.factor == pytest.approx(factor, rel=0.15)


def test_older_cars_are_no_change_of_unit() -> None:
    month = cars(20_000, seed=4).query("year < 2008")
    assert month["mileage"].median() > 1.4 * HISTORY["mileage"].median()
    assert unit_change(month["mileage"], month["year"].astype(float)) is None


def test_cars_that_have_really_driven_further_are_no_change_of_unit() -> None:
    month = cars(2000, seed=5)
    assert unit_change(month["mileage"] * 1.2, month["year"]) is None


@pytest.mark.parametrize("cuts", [(), (1, 2), (200,), (150, 150, 399)])
def test_a_stream_of_parts_has_the_faults_of_the_whole(cuts: tuple[int, ...]) -> None:
    rows = put("make", 12)(put("year", "two thousand")(cars(400, seed=2)))
    rows["mileage"] *= 1.609344
    rows.iloc[-1, rows.columns.get_loc("label")] = None
    found = check(rows, *cuts)
    assert found == check(rows)
    assert len(found) == 4


def test_parts_may_differ_in_their_columns_and_types() -> None:
    scan = QualityScan(KINDS)
    whole = cars(100, seed=3)[["make", "year", "mileage"]]
    scan.add(whole)
    other = whole.assign(year=whole["year"].astype(float), make=whole["make"].astype("category"))
    scan.add(other)
    scan.add(
        whole[:10].assign(year=whole["year"].astype(object), make=whole["make"].astype(object))
    )
    scan.add(whole[:0])
    scan.add(cars(50, seed=4)[["make", "mileage"]])
    found = [(one.fault, one.column, one.count, one.rows) for one in scan.findings()]
    assert found == [(Fault.COLUMN_MISSING, "year", 50, 260)]
