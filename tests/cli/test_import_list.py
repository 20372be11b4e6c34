"""`iargus import list` and `iargus import undo`, and imports that fail, as a user sees them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from iargus.clock import utc_now
from tests.cli.conftest import Run

HEADER = "make,model,year,mileage,price,state,date_added\n"
GOOD = "Toyota,Camry,2014,35725,8995,TX,2018-05-01\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sales [1].csv"
    path.write_text(HEADER + GOOD + GOOD)
    return path


def test_an_import_is_listed_and_undone(run: Run, file: Path) -> None:
    run("db", "upgrade")
    assert run("import", "list").out == "nothing was imported yet\n"
    assert "`iargus import undo 1` removes its rows" in run("import", "cars", file).err
    run("import", "cars", file)

    second, first = json.loads(run("import", "list", "--json").out)
    assert (first["added"], first["known"], first["state"]) == (2, 0, "finished")
    assert (second["added"], second["known"]) == (0, 2)
    assert first["file"] == str(file)
    assert len(first["digest"]) == 64
    assert "sales [1].csv" in run("import", "list").out

    refused = run("import", "undo", "1")
    assert (refused.status, refused.out) == (2, "")
    assert "added 2 rows to car_price" in refused.err
    assert "Later imports found rows already there" in refused.err
    assert "say --yes" in refused.err

    assert run("import", "undo", "1", "--yes").out == "import 1 is undone: 2 rows deleted\n"
    again = run("import", "undo", "1", "--yes")
    assert again.status == 1
    assert "import 1 is undone already: 2 rows were deleted" in again.err
    assert "there is no import 9" in run("import", "undo", "9", "--yes").err
    assert run("import", "cars", file).out.startswith("2 added, 0 already there")


def test_an_import_that_adds_nothing_fails(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_text(HEADER + GOOD.replace("2018-05-01", "5.1.18") * 3)

    outcome = run("import", "cars", file)

    assert (outcome.status, outcome.out) == (1, "")
    assert "nothing is imported: 3 of 3 rows are rejected" in outcome.err
    assert "such as '5.1.18' in line 2; try --date-format" in outcome.err
    assert run("import", "list").out == "nothing was imported yet\n"
    assert run("import", "cars", file, "--date-format", "%d.%m.%y").out.startswith("3 added")


def test_what_was_understood_of_a_column_is_said(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_text(HEADER + GOOD.replace("2018-05-01", "17/06/2018"))

    said = run("import", "cars", file).err
    assert "date_added is read as DD/MM/YYYY: 17/06/2018 has no month 17" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "cars", "FILE", "--allow-rejected", "2"], "should be a share from 0 to 1"),
        (["simulate", "cars", "--end", "NEXT"], "is not over; the last month that is, is"),
    ],
)
def test_usage_without_sense(run: Run, file: Path, arguments: list[str], message: str) -> None:
    run("db", "upgrade")
    later = f"{utc_now() + timedelta(days=40):%Y-%m}"
    names = {"FILE": str(file), "NEXT": later}

    outcome = run(*(names.get(each, each) for each in arguments))

    assert outcome.status == 2
    assert message in outcome.err
