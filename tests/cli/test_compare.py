"""`iargus compare`: what is found is an exit status, and what is wrong with a file is one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.conftest import Run


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    random = np.random.default_rng(1)
    paths = tmp_path / "before.parquet", tmp_path / "now.parquet"
    for path in paths:
        price = random.lognormal(9, 0.5, 3000)
        frame = pd.DataFrame(
            {
                "make": random.choice(["ford", "kia"], 3000),
                "age": random.gamma(2, 3, 3000),
                "price": price,
                "predicted": price * random.lognormal(0, 0.1, 3000),
            }
        )
        frame.to_parquet(path)
    return paths


def test_nothing_found_is_0_and_a_drift_is_3(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    judged = ("--label", "price", "--prediction", "predicted", "--threshold", "0.2")
    outcome = run("compare", *files, *judged)
    assert (outcome.status, "within the limit" in outcome.out) == (0, True)
    older = tmp_path / "older.csv"
    pd.read_parquet(files[1]).assign(age=lambda rows: rows["age"] + 3).to_csv(older, index=False)
    assert run("compare", files[0], older).status == 3
    assert run("compare", files[0], older, "--exit-zero").status == 0
    assert run("compare", files[0], older, "--column", "make").status == 0


def test_an_error_surely_above_the_threshold_is_3(run: Run, files: tuple[Path, Path]) -> None:
    judged = ("--label", "price", "--prediction", "predicted", "--threshold", "0.05")
    outcome = run("compare", *files, *judged, "--segment", "make", "--json")
    assert outcome.status == 3
    document = json.loads(outcome.out)
    assert document["status"] == "breach"
    assert {each["segment"] for each in document["observed"]["segments"]} == {
        "make=ford",
        "make=kia",
    }


def test_the_report_and_the_reference_are_written(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    page, saved = tmp_path / "report.html", tmp_path / "reference.json"
    assert run("compare", *files, "--html", page, "--save-reference", saved).status == 0
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert run("compare", saved, files[1]).status == 0


def put(path: Path, what: bytes) -> Path:
    path.write_bytes(what)
    return path


def test_what_is_wrong_with_a_file_is_one_line(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    good = files[0]
    other = tmp_path / "other.parquet"
    pd.DataFrame({"colour": ["red"]}).to_parquet(other)
    none = tmp_path / "none.parquet"
    pd.read_parquet(good)[:0].to_parquet(none)
    cut = put(tmp_path / "cut.parquet", good.read_bytes()[:5000])
    for path, says in (
        (put(tmp_path / "empty.csv", b""), "the file is empty"),
        (put(tmp_path / "text.parquet", b"hello there, no parquet"), "Parquet"),
        (cut, "cut.parquet"),
        (put(tmp_path / "bad.csv", b'make,age\n"x,1\n'), "bad.csv"),
        (put(tmp_path / "latin.csv", b"make,age\ncitro\xebn,1\n"), "latin.csv"),
        (tmp_path / "gone.parquet", "No such file"),
        (tmp_path, "a folder"),
        (none, "no rows"),
        (other, "no column in common"),
    ):
        outcome = run("compare", good, path)
        assert (outcome.status, outcome.out) == (1, ""), path
        [line] = [line for line in outcome.err.splitlines() if line.startswith("iargus: ")]
        assert says in line
        assert path.name in line
        assert "Traceback" not in outcome.err
    for options, says in (
        (("--label", "cost", "--prediction", "predicted"), "no column 'cost'"),
        (("--column", "wheels"), "no column 'wheels'"),
        (("--label", "price", "--prediction", "predicted", "--segment", "town"), "'town'"),
        (("--html", tmp_path / "nowhere" / "x.html"), "x.html"),
    ):
        outcome = run("compare", *files, *options)
        assert outcome.status == 1
        assert says in outcome.err.splitlines()[-1]


def test_a_threshold_without_errors_is_wrong_usage(run: Run, files: tuple[Path, Path]) -> None:
    assert run("compare", *files, "--threshold", "0.2").status == 2
    assert run("compare", files[0]).status == 2


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--threshold", "20", "a share: 20 is 2,000 %; 20 % is 0.2"),
        ("--threshold", "1", "1 is 100 %"),
        ("--threshold", "0", "a share above 0"),
        ("--threshold", "-0.2", "a share above 0"),
        ("--threshold", "nan", "a share above 0"),
        ("--threshold", "inf", "a share above 0"),
        ("--max-set-aside", "5", "a share: 5 is 500 %; 5 % is 0.05"),
        ("--max-set-aside", "-1", "a share from 0 to 1"),
        ("--cutoff", "50", "a share: 50 is 5,000 %; 50 % is 0.5"),
    ],
)
def test_a_share_in_percent_is_wrong_usage(
    run: Run, files: tuple[Path, Path], option: str, value: str, says: str
) -> None:
    judged = ("--label", "price", "--prediction", "predicted")
    outcome = run("compare", *files, *judged, option, value)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err


def test_labels_that_are_not_clear_are_wrong_usage_in_a_pipe(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    stars = np.random.default_rng(2).integers(1, 6, 900)
    pd.DataFrame({"x": stars / 7, "y": stars, "p": stars}).to_csv(path, index=False)
    judged = ("--label", "y", "--prediction", "p", "--threshold", "0.2")
    outcome = run("compare", path, path, *judged)
    assert (outcome.status, outcome.out) == (2, "")
    assert "--classes" in outcome.err
    assert run("compare", path, path, *judged, "--classes").status == 0
    assert run("compare", path, path, *judged, "--amounts").status == 0
    assert run("compare", path, path, *judged, "--amounts", "--classes").status == 2
    assert run("compare", path, path, "--label", "y", "--prediction", "y").status == 2


def test_no_verdict_where_one_is_asked_for_is_1(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    price = np.random.default_rng(2).lognormal(9, 1, 900)
    price[:300] = 0
    pd.DataFrame({"x": price[::-1], "y": price, "p": price}).to_csv(path, index=False)
    judged = ("--label", "y", "--prediction", "p")
    outcome = run("compare", path, path, *judged, "--threshold", "0.2")
    assert outcome.status == 1
    assert "No verdict: 300 of 900 rows (33.3 %)" in outcome.out
    assert "The true error" not in outcome.out
    assert "on 600 of 900 rows" in run("compare", path, path, *judged).out
    outcome = run("compare", path, path, *judged, "--threshold", "0.2", "--max-set-aside", "0.34")
    assert outcome.status == 0


def test_what_is_passed_over_is_said_and_can_be_decided(run: Run, tmp_path: Path) -> None:
    paths = tmp_path / "may.csv", tmp_path / "june.csv"
    random = np.random.default_rng(10)
    for month, path in enumerate(paths, start=5):
        days = [f"{day:02d}/{month:02d}/2026" for day in random.integers(1, 29, 900)]
        first = 100_000 + 900 * (month - 5)
        frame = pd.DataFrame({"request_id": range(first, first + 900), "day": days})
        frame.assign(score=random.normal(5, 1, 900)).to_csv(path, index=False)
    outcome = run("compare", *paths)
    assert outcome.status == 0
    assert "Not compared: request_id (identifiers" in outcome.out
    assert "Not compared: day (times" in outcome.out
    assert run("compare", *paths, "--keep", "request_id").status == 3
    assert run("compare", *paths, "--keep", "day", "--ignore", "request_id").status == 3
    assert run("compare", *paths, "--ignore", "day", "--keep", "day").status == 2
