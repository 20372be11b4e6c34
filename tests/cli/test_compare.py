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
        (put(tmp_path / "empty.csv", b""), "empty.csv is empty"),
        (put(tmp_path / "text.parquet", b"hello there, no parquet"), "named Parquet and is none"),
        (cut, "cut.parquet"),
        (put(tmp_path / "bad.csv", b'make,age\n"x,1\n'), "line 2: a quotation mark"),
        (put(tmp_path / "latin.csv", b"make,age\ncitro\x81n,1\n"), "--encoding"),
        (tmp_path / "gone.parquet", "there is no file"),
        (tmp_path, "is a directory"),
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


def test_how_files_were_read_and_what_was_left_out_is_said(run: Run, tmp_path: Path) -> None:
    header = "price;kind\n"
    rows = "".join(f"{8000 + n},50;{'ab'[n % 2]}\n" for n in range(300))
    before = put(tmp_path / "before.csv", (header + rows).encode())
    now = put(tmp_path / "now.csv", (header + rows + "1;2;3\n").encode())

    outcome = run("compare", before, now)

    assert outcome.status == 0
    assert "None of 2 columns compared drifted" in outcome.out
    assert "1 broken row of now.csv was left out: line 302: the row has 3 fields" in outcome.out
    assert "before.csv: CSV, columns separated by semicolon" in outcome.err
    assert "decimal ','" in outcome.err
    assert run("compare", before, now, "--delimiter", "ab").status == 2
