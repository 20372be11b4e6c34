"""The same rows are added once, however often, under whatever name, after whatever crash."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iargus.storage.database import Database
from iargus.storage.labelled.imports import Imports
from iargus.training.importers import load
from iargus.training.importers.keys import KeyMaker, content_of, row_key
from tests.training.importers.conftest import CARS, INTENT, NOW, Importing

HEADER = "make,model,year,mileage,price,state,date_added\n"
ROWS = [f"Toyota,Camry,{2000 + k % 15},{k},8995,TX,2018-05-01\n" for k in range(40)]


def write(path: Path, rows: list[str]) -> Path:
    path.write_text(HEADER + "".join(rows))
    return path


def counts(summary: load.ImportSummary) -> tuple[int, int, int]:
    return summary.added, summary.already_there, summary.rejected


def test_the_same_file_twice(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", ROWS)

    assert counts(importing.cars(file)) == (40, 0, 0)
    assert counts(importing.cars(file)) == (0, 40, 0)


def test_a_copy_under_another_name(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", ROWS)
    importing.cars(file)

    copy = tmp_path / "b.csv"
    shutil.copy(file, copy)
    assert counts(importing.cars(copy)) == (0, 40, 0)


def test_a_file_that_grew_at_either_end(importing: Importing, tmp_path: Path) -> None:
    importing.cars(write(tmp_path / "a.csv", ROWS[5:35]))

    assert counts(importing.cars(write(tmp_path / "a.csv", ROWS))) == (10, 30, 0)


def test_equal_rows_of_a_file_all_count(importing: Importing, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [ROWS[0]] * 3 + ROWS[1:2])
    assert counts(importing.cars(file)) == (4, 0, 0)

    assert counts(importing.cars(file)) == (0, 4, 0)
    assert counts(importing.cars(write(file, [ROWS[0]] * 5))) == (2, 3, 0)


DAYS = [datetime(2026, 1, 1), datetime(2026, 1, 2)]


@pytest.mark.parametrize("day", DAYS)
def test_the_same_rows_with_and_without_a_day_are_recognised(
    importing: Importing, tmp_path: Path, day: datetime
) -> None:
    one, other = tmp_path / "a.tsv", tmp_path / "b.tsv"
    one.write_text("text\tlabel\nhello\tgreeting\nhello\tgreeting\nbye\tparting\n")
    other.write_text("text\tlabel\nthanks\tthanking\nplease\tasking\nthanks\tthanking\n")

    assert counts(importing.examples(one)) == (3, 0, 0)
    assert counts(importing.examples(one, observed_at=day)) == (0, 3, 0)
    assert counts(importing.examples(other, observed_at=day)) == (3, 0, 0)
    assert counts(importing.examples(other)) == (0, 3, 0)
    assert importing.store(INTENT).span().count == 6


def test_another_day_that_was_given_is_another_row(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("text\tlabel\nhello\tgreeting\nbye\tparting\n")

    added = [importing.examples(file, observed_at=day).added for day in (*DAYS, *DAYS, None)]

    assert added == [2, 2, 0, 0, 0]


def older_key(values: tuple[object, ...], day: datetime | None, ordinal: int = 0) -> str:
    """As the version before imports were listed made keys: of the spelling of the file."""
    return row_key(content_of((*values, None if day is None else day.isoformat())), ordinal)


@pytest.mark.parametrize("before", [None, datetime(2026, 1, 1)])
@pytest.mark.parametrize("now", [None, datetime(2026, 1, 1)])
def test_rows_of_the_version_before_are_recognised(
    importing: Importing, tmp_path: Path, before: datetime | None, now: datetime | None
) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("text\tlabel\nhello\tgreeting\nhello\tgreeting\nbye\tparting\n")
    contents = [(("hello", "greeting"), 0), (("hello", "greeting"), 1), (("bye", "parting"), 0)]
    rows = pd.DataFrame(
        {
            "text": [text for (text, _), _ in contents],
            "label": [label for (_, label), _ in contents],
            "observed_at": [before or datetime(2025, 12, 24, 10, 30)] * 3,
            "row_key": [older_key(values, before, ordinal) for values, ordinal in contents],
        }
    )
    importing.store(INTENT).add(rows, source="a.tsv")

    assert counts(importing.examples(file, observed_at=now)) == (0, 3, 0)


def test_dated_rows_of_the_version_before_are_recognised(
    importing: Importing, tmp_path: Path
) -> None:
    day = datetime(2018, 5, 1)
    values = ("TX", "Toyota", "Camry", 2014, 35725.0, 8995.0)
    names = ("state", "make", "model", "year", "mileage", "label")
    old = {**dict(zip(names, values, strict=True)), "observed_at": day}
    importing.store(CARS).add(
        pd.DataFrame([{**old, "row_key": older_key(values, day)}]), source="a.csv"
    )

    row = "Toyota,Camry,2014,35725,8995,TX,2018-05-01\n"
    assert counts(importing.cars(write(tmp_path / "a.csv", [row, ROWS[0]]))) == (1, 1, 0)


def test_two_spellings_of_a_row_are_one(importing: Importing, tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        [
            "KIA,Soul,2015,93000,7995,ca,2018-05-01\n",
            "Kia,soul,2015,93000,7995,CA,2018-05-01\n",
            "Ford,F-150,2015,93000,7995,Texas,2018-05-01\n",
            "ford,f 150,2015,93000,7995,TX,2018-05-01\n",
            "FORD,F_150,2015,93000,7995,tx,2018-05-01\n",
        ],
    )
    assert counts(importing.cars(file)) == (2, 3, 0)
    other = write(tmp_path / "b.csv", ["kia,SOUL,2015,93000,7995,California,2018-05-01\n"])
    assert counts(importing.cars(other)) == (0, 1, 0)


def test_keys_stay_what_they_are() -> None:
    # Rows in databases have them: another canonical form needs the keys of the one before, too.
    payload = {"state": "Texas", "make": "Chevy", "model": "F-150", "year": 2014, "mileage": 1.0}
    identity = CARS.identity(payload)
    assert identity == ("tx", "chevrolet", "f150", 2014, 1.0)
    (key,) = KeyMaker().keys((*identity, 8995.0), (), "2018-05-01T00:00:00")
    assert key == "0c2e451a1ec38a14595cf388467e2f14dc833a4c"


class Killed(BaseException):
    """What ends a process cannot be caught as an error."""


class DyingImports(Imports):
    """Adds what it is told to, until the `last` call, which adds and dies."""

    def __init__(self, database: Database, *, last: int) -> None:
        super().__init__(database)
        self._calls_left = last

    def add(self, *arguments: Any, **options: Any) -> int:
        added = super().add(*arguments, **options)
        self._calls_left -= 1
        if self._calls_left == 0:
            raise Killed
        return added


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "CHUNK_ROWS", 7)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("last", [1, 3, 5])
def test_an_import_that_was_killed_is_completed(
    importing: Importing, tmp_path: Path, last: int
) -> None:
    file = write(tmp_path / "a.csv", ["A,B,1850,1,8995,TX,2018-05-01\n", *ROWS[:20], *ROWS[:20]])
    store, whole = importing.store(CARS), importing.imports
    importing.imports = DyingImports(importing.database, last=last)
    with pytest.raises(Killed):
        importing.cars(file)
    importing.imports = whole
    before = store.span().count
    assert 0 < before < 40
    assert list(importing.rejected_dir.glob("*")) == []
    (stopped,) = whole.listed()
    assert (stopped.state, stopped.added) == ("unfinished", before)

    assert counts(importing.cars(file)) == (40 - before, before, 1)
    assert counts(importing.cars(file)) == (0, 40, 1)
    assert whole.undo(stopped.id, NOW) == before
    assert store.span().count == 40 - before
