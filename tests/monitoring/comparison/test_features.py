"""What is no feature is passed over with its reason, and no feature is."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iargus.errors import DataError, UsageError
from iargus.monitoring.comparison import Request, compare_files
from iargus.monitoring.comparison.choosing import INDEX, NAMELESS, TIMES, no_features
from iargus.monitoring.comparison.identifiers import IDENTIFIERS, NUMBERING

ROWS = 1000
RANDOM = np.random.default_rng(7)
MOMENTS = pd.Series(
    pd.Timestamp("2026-06-01") + pd.to_timedelta(RANDOM.integers(0, 2_500_000, ROWS), unit="s")
)
SECONDS = (MOMENTS - pd.Timestamp(0)).dt.total_seconds()


def why(values: object, name: str = "c") -> str | None:
    frame = pd.DataFrame({name: values})
    return no_features(frame, frame, ()).get(name)


@pytest.mark.parametrize(
    "form",
    [
        *("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%b %d %Y", "%B %d, %Y", "%d.%m.%Y", "%d-%b-%y"),
        *("%Y%m%d", "%d%m%Y", "%y%m%d", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M", "%d/%m/%y", "%m/%Y"),
        *("%a %b %d %Y %H:%M:%S GMT-0800 (PST)", "%a, %d %b %Y %H:%M:%S +0200", "%Y-W%V", "%c"),
        *("%Y-%m-%dT%H:%M:%S.%fZ", "%A %d %B %Y", "%I:%M %p %m/%d/%Y", "%H:%M:%S %d/%m/%Y"),
        *("%d/%b/%Y:%H:%M:%S +0000", "%m-%d-%Y", "%Y.%m.%d", "%d/%m/%Y %I:%M:%S %p", "%Y%m%dT%H%M"),
    ],
)
def test_a_day_in_any_form_is_no_feature(form: str) -> None:
    assert why(MOMENTS.dt.strftime(form)) == TIMES


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_seconds_since_1970_are_no_feature(unit: int) -> None:
    assert why((SECONDS * unit).astype("int64")) == TIMES
    assert why((SECONDS * unit).astype("int64").astype(str)) == TIMES


def test_other_forms_of_days_are_no_features() -> None:
    assert why(SECONDS + 0.25) == TIMES
    assert why(MOMENTS.dt.strftime("%Y%m%d").astype(int)) == TIMES
    assert why([date(2026, 6, 1)] * 50) == TIMES
    assert why(["17 juin 2026", "3 août 2026", "1er mai 2026"] * 20) == TIMES
    assert why(["17. Juni 2026", "3. März 2026"] * 20) == TIMES
    assert why(46_000 + RANDOM.integers(0, 30, ROWS), "saleDate") == TIMES
    assert why([202606] * 50, "month") == TIMES
    assert why(["17/06/2026"] * 97 + ["unknown"] * 3) == TIMES


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.arange(100_000, 100_900), NUMBERING),
        (RANDOM.permutation(ROWS), NUMBERING),
        (np.cumsum(RANDOM.integers(1, 40, ROWS)), NUMBERING),
        (np.arange(900, 0, -1).astype(float), NUMBERING),
        (RANDOM.integers(10**17, 2 * 10**17, ROWS), NUMBERING),
        ([str(uuid.UUID(bytes=RANDOM.bytes(16))) for _ in range(ROWS)], IDENTIFIERS),
        ([hashlib.md5(bytes([k % 256, k // 256])).hexdigest() for k in range(ROWS)], IDENTIFIERS),
        (["".join(RANDOM.choice(list("ABCDEFGH12345"), 17)) for _ in range(ROWS)], IDENTIFIERS),
        ([f"REQ-{k:06d}" for k in range(ROWS)], IDENTIFIERS),
        ([f"u{k}@example.org" for k in range(ROWS)], IDENTIFIERS),
        ([f"{k:09d}" for k in range(ROWS)], NUMBERING),
    ],
)
def test_identifiers_are_no_feature(values: object, reason: str) -> None:
    assert why(values) == reason


def test_a_name_says_what_values_alone_do_not() -> None:
    listings = RANDOM.integers(0, 40_000_000, ROWS)
    assert (why(listings, "listing_id"), why(listings, "amount")) == (IDENTIFIERS, None)
    assert why(RANDOM.integers(1, 600, ROWS), "customerId") == IDENTIFIERS
    assert why(RANDOM.integers(1, 51, ROWS), "state_id") is None


def test_a_number_that_goes_on_in_the_second_file_is_no_feature() -> None:
    steps = np.cumsum(RANDOM.integers(1, 5000, 2 * ROWS))
    before, now = (pd.DataFrame({"c": part}) for part in (steps[:ROWS], steps[ROWS:]))
    assert no_features(before, now, ()) == {"c": NUMBERING}
    assert no_features(before, before, ()) == {}


FEATURES = {
    "price": RANDOM.lognormal(9, 1, ROWS).round(),
    "amount": RANDOM.lognormal(9, 1, ROWS).round(2),
    "mileage": RANDOM.uniform(0, 200_000, ROWS).round(),
    "year": RANDOM.integers(1990, 2027, ROWS),
    "income": RANDOM.integers(20_000, 10_000_000, ROWS),
    "revenue": RANDOM.lognormal(20, 2, ROWS).round(),
    "score": RANDOM.normal(size=ROWS),
    "count": RANDOM.poisson(3, ROWS),
    "hour": RANDOM.integers(0, 24, ROWS),
    "doors_no": RANDOM.integers(2, 6, ROWS),
    "time_on_market": RANDOM.integers(0, 365, ROWS),
    "zip": [f"{k:05d}" for k in RANDOM.integers(0, 99_999, ROWS)],
    "written_price": [f"${k:,.2f}" for k in RANDOM.lognormal(9, 1, ROWS)],
    "written_miles": [f"{k:,} mi" for k in RANDOM.integers(0, 200_000, ROWS)],
    "model": RANDOM.choice(["F-150", "CX-5", "Model 3", "3 series"], ROWS),
    "tyre": RANDOM.choice(["205/55R16", "195/65R15"], ROWS),
    "month": RANDOM.choice(["Jan", "Feb", "Mar"], ROWS),
    "weekday": RANDOM.choice(["Mon", "Tue"], ROWS),
    "version": [".".join(map(str, each)) for each in RANDOM.integers(0, 20, (ROWS, 3))],
    "surname": ["".join(RANDOM.choice(list("abcdefgh"), 6)) for _ in range(ROWS)],
    "sentence": [" ".join(RANDOM.choice(["book", "may", "june", "12"], 6)) for _ in range(ROWS)],
}


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("rows", [25, 300, ROWS])
def test_a_feature_is_never_passed_over(name: str, rows: int) -> None:
    values = pd.Series(FEATURES[name])[:rows]
    assert why(values, name) is None
    assert why(values.sort_values(), name) is None


def frames(**more: object) -> list[pd.DataFrame]:
    random = np.random.default_rng(3)
    return [pd.DataFrame({"x": random.normal(size=500), **more}) for _ in range(2)]


@pytest.mark.parametrize("name", [None, "car", "x_number"])
def test_the_index_of_a_parquet_file_is_no_feature(name: str | None, tmp_path: Path) -> None:
    paths = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for start, (path, frame) in enumerate(zip(paths, frames(), strict=True)):
        frame.index = pd.Index(np.arange(500.0) + 10_000.5 * start, name=name)
        frame.to_parquet(path)
    found = compare_files(*paths, Request())
    assert found.passed_over == {name or "__index_level_0__": INDEX}
    assert not found.needs_review
    # Whoever names it knows what it is.
    assert compare_files(*paths, Request(keep=(name or "__index_level_0__",))).needs_review


def test_the_index_is_known_without_the_metadata_of_pandas(tmp_path: Path) -> None:
    paths = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for start, (path, frame) in enumerate(zip(paths, frames(), strict=True)):
        table = pa.Table.from_pandas(frame.assign(__index_level_0__=frame.index + 9000 * start))
        pq.write_table(table.replace_schema_metadata({b"pandas": b"{}"}), path)
    assert compare_files(*paths, Request()).passed_over == {"__index_level_0__": INDEX}


def test_a_range_index_has_no_column(tmp_path: Path) -> None:
    paths = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for path, frame in zip(paths, frames(), strict=True):
        frame.to_parquet(path)
    assert compare_files(*paths, Request()).passed_over == {}


def test_the_nameless_column_of_to_csv_is_no_feature(tmp_path: Path) -> None:
    paths = tmp_path / "before.csv", tmp_path / "now.csv"
    for start, (path, frame) in enumerate(zip(paths, frames(), strict=True)):
        frame.index = pd.Index([f"row {k + 500 * start}" for k in range(500)])
        frame.to_csv(path)
    found = compare_files(*paths, Request())
    assert list(found.passed_over.values()) == [NAMELESS]
    assert not found.needs_review


def test_a_column_can_be_ignored_or_kept(tmp_path: Path) -> None:
    paths = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for start, (path, frame) in enumerate(zip(paths, frames(), strict=True)):
        frame.assign(number=np.arange(500) + 500 * start, y=frame["x"] + start).to_parquet(path)
    assert set(compare_files(*paths, Request()).passed_over) == {"number"}
    assert not compare_files(*paths, Request(ignore=("y",))).needs_review
    kept = compare_files(*paths, Request(ignore=("y",), keep=("number",)))
    assert kept.needs_review
    summary = tmp_path / "before.json"
    kept.reference.write(summary)
    later = compare_files(summary, paths[1], Request(ignore=("y",)))
    assert set(later.passed_over) == {"number", "y"}
    with pytest.raises(UsageError, match="both compared and ignored"):
        compare_files(*paths, Request(ignore=("x",), keep=("x",)))
    with pytest.raises(DataError, match="no column 'z' to ignore"):
        compare_files(*paths, Request(ignore=("z",)))


def test_a_file_without_a_feature_says_why(tmp_path: Path) -> None:
    paths = tmp_path / "before.csv", tmp_path / "now.csv"
    for path in paths:
        pd.DataFrame({"id": np.arange(500), "day": "17/06/2026"}).to_csv(path, index=False)
    with pytest.raises(DataError, match=r"can be compared: id \(identifiers, .*day \(times"):
        compare_files(*paths, Request())
