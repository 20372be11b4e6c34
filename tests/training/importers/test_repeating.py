"""The same rows are added once, however often, under whatever name, after whatever crash."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from iargus.labelled.store import LabelledStore
from iargus.training.importers import load
from tests.training.importers.conftest import CARS, INTENT, Importing

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


def test_another_day_is_another_row_only_when_asked_for(
    importing: Importing, tmp_path: Path
) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("hello\tgreeting\n")
    assert importing.examples(file).added == 1
    assert importing.examples(file).added == 0

    assert importing.examples(file, observed_at=datetime(2026, 1, 1)).added == 1
    assert importing.examples(file, observed_at=datetime(2026, 1, 1)).added == 0
    assert importing.examples(file, observed_at=datetime(2026, 1, 2)).added == 1
    assert importing.store(INTENT).span().count == 3


class Killed(BaseException):
    """What ends a process cannot be caught as an error."""


class DyingStore:
    """Adds what it is told to, until the `last` call, which adds and dies."""

    def __init__(self, store: LabelledStore, *, last: int) -> None:
        self._store = store
        self._calls_left = last

    def add(self, rows: Any, *, source: str) -> int:
        added = self._store.add(rows, source=source)
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
    importing: Importing, tmp_path: Path, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.csv", ["A,B,1850,1,8995,TX,2018-05-01\n", *ROWS[:20], *ROWS[:20]])
    real = importing.store(CARS)
    with monkeypatch.context() as patched:
        patched.setattr(importing, "store", lambda task: DyingStore(real, last=last))
        with pytest.raises(Killed):
            importing.cars(file)
    before = real.span().count
    assert 0 < before < 40
    assert list(importing.rejected_dir.glob("*")) == []

    assert counts(importing.cars(file)) == (40 - before, before, 1)
    assert counts(importing.cars(file)) == (0, 40, 1)
