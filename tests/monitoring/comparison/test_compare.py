"""Two files are read in parts, and what is said of them is what their rows say."""

from __future__ import annotations

import dataclasses
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.monitoring.data import CHANGED, part, write_files
from iargus.errors import DataError
from iargus.monitoring.comparison import Comparison, Request, compare_files
from iargus.monitoring.comparison.row_errors import row_errors
from iargus.monitoring.comparison.saved import SavedReference
from iargus.monitoring.stats.performance.tally import ErrorTally
from iargus.monitoring.stats.performance.verdict import State, judge_performance, judge_tally
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.wording.rows import repeats
from iargus.storage.labelled.repeats import Repeats

ASKED = Request("price", "predicted", threshold=0.2, segments=("make",))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_files(tmp_path_factory.mktemp("files"), 100_000)


@pytest.fixture(scope="module")
def found(files: tuple[Path, Path]) -> Comparison:
    return compare_files(*files, ASKED)


def drifted(found: Comparison) -> set[str]:
    assert found.observed.drift is not None
    return {feature.feature for feature in found.observed.drift.drifted}


def test_what_has_changed_is_named_and_nothing_else(found: Comparison) -> None:
    assert drifted(found) == CHANGED
    assert found.observed.quality == ()
    assert found.needs_review


def test_the_verdict_is_that_of_all_errors(found: Comparison, files: tuple[Path, Path]) -> None:
    rows = pd.read_parquet(files[1], columns=["price", "predicted"])
    errors = ((rows["price"] - rows["predicted"]).abs() / rows["price"]).to_numpy()
    expected = judge_performance(errors, 0.2, minimum_rows=30)
    assert found.verdict is not None
    assert found.verdict.state is expected.state
    for name in ("error", "rows", "interval", "lower_bound", "power"):
        assert getattr(found.verdict, name) == pytest.approx(getattr(expected, name), rel=1e-9)
    assert len(found.observed.segments) == 10


def test_the_document_has_the_fields_of_a_month(found: Comparison) -> None:
    fields = {field.name for field in dataclasses.fields(MonthView)}
    assert set(found.view.to_json()) == fields
    assert json.loads(json.dumps(found.view.to_json(), allow_nan=False))["status"] == "healthy"


@pytest.mark.parametrize("binary", [False, True])
def test_a_tally_of_parts_is_judged_as_the_whole(binary: bool) -> None:
    random = np.random.default_rng(3)
    errors = random.lognormal(-2, 1, 5000)
    errors = (errors > 0.1).astype(float) if binary else errors
    tally = ErrorTally()
    for some in np.split(errors, [0, 1, 2, 900]):
        tally.add(some)
    for threshold in (0.1, 0.22, 0.5):
        expected = judge_performance(errors, threshold, minimum_rows=30)
        judged = judge_tally(tally, threshold, minimum_rows=30)
        assert (judged.state, judged.rows) == (expected.state, expected.rows)
        assert judged.interval == pytest.approx(expected.interval, rel=1e-9)
        assert judged.power == pytest.approx(expected.power, rel=1e-9)
    assert judge_tally(ErrorTally(), 0.1, minimum_rows=30).state is State.INSUFFICIENT


def test_rows_without_a_usable_label_have_no_error() -> None:
    labels = pd.Series([100.0, 0.0, -1.0, None, 100.0])
    errors, usable = row_errors(labels, pd.Series([90.0, 1, 1, 1, None]), classes=False)
    assert errors.tolist() == [0.1]
    assert usable.tolist() == [True, False, False, False, False]
    errors, usable = row_errors(
        pd.Series(["a", "b", None]), pd.Series(["a", "c", "a"]), classes=True
    )
    assert (errors.tolist(), usable.tolist()) == ([0.0, 1.0], [True, True, False])
    assert row_errors(pd.Series([1, 0]), pd.Series([1.0, None]), classes=True)[0].tolist() == [0.0]


def test_a_saved_reference_stands_for_its_rows(
    found: Comparison, files: tuple[Path, Path], tmp_path: Path
) -> None:
    saved = tmp_path / "reference.json"
    found.reference.write(saved)
    assert saved.stat().st_size < 1_000_000
    again = compare_files(saved, files[1], ASKED)
    assert drifted(again) == CHANGED
    assert again.verdict == found.verdict
    saved.write_text("{}")
    with pytest.raises(DataError, match=r"reference\.json: no summary"):
        SavedReference.read(saved)


def test_csv_says_the_same_as_parquet(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    frames = [part(random, 8000, changed=changed) for changed in (False, True)]
    paths = []
    for name, frame in zip(("before", "now"), frames, strict=True):
        frame.to_parquet(tmp_path / f"{name}.parquet")
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        paths.append(tmp_path / name)
    one, other = (
        compare_files(paths[0].with_suffix(suffix), paths[1].with_suffix(suffix), ASKED)
        for suffix in (".parquet", ".csv")
    )
    assert one.view.sentence == other.view.sentence.replace(".csv", ".parquet")
    assert one.verdict == other.verdict


def test_columns_that_cannot_be_compared_are_named(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "x": [1.0, 2.0] * 50,
            "none": [None] * 100,
            "list": [[1]] * 100,
            "day": pd.Timestamp("2026-01-01"),
            "written": "2026-01-01",
            "bytes": [b"x"] * 100,
        }
    )
    for name in ("before", "now"):
        frame.to_parquet(tmp_path / f"{name}.parquet")
    found = compare_files(tmp_path / "before.parquet", tmp_path / "now.parquet", Request())
    assert set(found.passed_over) == {"list", "day", "written", "bytes"}
    assert drifted(found) == set()
    assert found.view.status is None


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for rows in (150_000, 450_000):
        random = np.random.default_rng(5)
        frame = pd.DataFrame(
            {
                "x": random.normal(size=rows),
                "price": 100.0,
                "predicted": random.normal(100, 9, rows),
            }
        )
        paths = tmp_path / f"before{rows}.parquet", tmp_path / f"now{rows}.parquet"
        for path in paths:
            frame.to_parquet(path, row_group_size=50_000)
        del frame
        tracemalloc.start()
        compare_files(*paths, Request("price", "predicted"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The bits that find repeated rows grow up to a limit: 8 bytes a row, twice for a moment.
    assert peaks[1] - peaks[0] < 2.5 * 2 * 8 * 300_000


def _posted_again(rows: int, *, again: int, seed: int) -> pd.DataFrame:
    """Different cars, of which the dearest are posted once more."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "make": random.choice(["ford", "kia", "bmw"], rows),
            "mileage": random.lognormal(10, 0.6, rows).round(),
            "price": random.lognormal(9, 0.5, rows).round(2),
        }
    )
    frame["predicted"] = frame["price"] * random.uniform(0.8, 1.2, rows)
    return pd.concat([frame, frame.nlargest(again, "price")], ignore_index=True)


def _files(folder: Path, before: pd.DataFrame, now: pd.DataFrame) -> tuple[Path, Path]:
    before.to_csv(folder / "before.csv", index=False)
    now.to_csv(folder / "now.csv", index=False)
    return folder / "before.csv", folder / "now.csv"


@pytest.mark.parametrize(("before", "now"), [(0, 700), (1_500, 0), (1_500, 500)])
def test_repeats_in_either_file_are_left_out_of_both(tmp_path: Path, before: int, now: int) -> None:
    frames = (
        _posted_again(5_000, again=before, seed=1),
        _posted_again(2_000, again=now, seed=2),
    )
    found = compare_files(*_files(tmp_path, *frames), Request("price", "predicted", threshold=0.2))
    assert drifted(found) == set()
    assert found.view.rows == 2_000
    facts = found.observed.repeats
    assert facts is not None
    assert (facts.how, facts.repeated, facts.rows) == (Repeats.LEFT_OUT, now, 2_000 + now)
    assert facts.reference == pytest.approx(before / (5_000 + before))
    assert "Repeats of earlier rows of the same file are left out of both files" in repeats(facts)


def test_rows_of_a_few_categories_are_counted_in_both(tmp_path: Path) -> None:
    """Equal by chance: leaving them out would make what is frequent rare in the larger file."""
    random = np.random.default_rng(3)
    before, now = (
        pd.DataFrame(
            {
                "model": random.choice([f"m{k}" for k in range(60)], rows, p=_falling(60)),
                "state": random.choice([f"s{k}" for k in range(40)], rows, p=_falling(40)),
                "year": random.integers(2000, 2020, rows),
            }
        )
        for rows in (10_000, 1_000)
    )
    found = compare_files(*_files(tmp_path, before, now), Request())
    assert found.observed.repeats is not None
    assert found.observed.repeats.how is Repeats.COUNTED
    assert found.view.rows == 1_000
    assert drifted(found) == set()
    assert "counted in both files" in repeats(found.observed.repeats)


def test_a_saved_reference_keeps_what_was_done_with_repeats(tmp_path: Path) -> None:
    frames = (
        _posted_again(5_000, again=1_500, seed=1),
        _posted_again(2_000, again=500, seed=2),
    )
    before, now = _files(tmp_path, *frames)
    found = compare_files(before, now, Request())
    saved = tmp_path / "saved.json"
    found.reference.write(saved)
    again = compare_files(saved, now, Request())
    assert again.observed.repeats == found.observed.repeats
    document = json.loads(saved.read_text())
    del document["repeats"]  # as an earlier version of IArgus wrote it
    saved.write_text(json.dumps(document))
    older = compare_files(saved, now, Request()).observed.repeats
    assert older is not None
    assert older.how is Repeats.COUNTED


def _falling(levels: int) -> np.ndarray:
    shares = 1 / np.arange(1, levels + 1)
    return np.asarray(shares / shares.sum())
