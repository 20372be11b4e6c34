"""`iargus import` and `iargus simulate`, as a user sees them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iargus.settings import Environment
from tests.cli.conftest import Run

HEADER = "make,model,year,mileage,price,state,date_added\n"
GOOD = "Toyota,Camry,2014,35725,8995,TX,2018-05-01\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sales [1].csv"
    path.write_text(HEADER + GOOD + "Toyota,Camry,1850,1,8995,TX,2018-05-01\n" + GOOD)
    return path


def test_says_what_became_of_the_rows(run: Run, file: Path, tmp_path: Path) -> None:
    run("db", "upgrade")

    first, second = run("import", "cars", file), run("import", "cars", file)

    assert (first.status, second.status) == (0, 0)
    assert first.out.startswith("2 added, 0 already there, 1 rejected\n")
    assert second.out.startswith("0 added, 2 already there, 1 rejected\n")
    assert "year: " in first.out
    rejected = tmp_path / "var" / "rejected" / "sales [1].csv.rejected.csv"
    assert str(rejected) in first.out
    assert rejected.exists()
    # No terminal, so plain lines on stderr.
    assert re.search(r"Importing sales \[1\]\.csv: 3 rows, [\d,]+ rows/s", first.err)


def test_without_tables_says_what_to_run(run: Run, file: Path) -> None:
    outcome = run("import", "cars", file)

    assert outcome.status == 1
    assert "iargus db upgrade" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["cars", "FILE", "--column", "brand=x"], 2, "no field 'brand'"),
        (["cars", "FILE", "--column", "make=Brand"], 1, "no column 'Brand'"),
        (["cars", "FILE", "--observed-at", "2018-01-01"], 1, "--observed-at has no use"),
        (["cars", "FILE", "--observed-at", "soon"], 2, "soon"),
        (["cars", "FILE", "--preset", "other"], 2, "other"),
        (["cars", "FILE", "--delimiter", "ab"], 2, "should be one character"),
        (["cars", "FILE", "--encoding", "latin-99"], 1, "no encoding is called"),
        (["cars", "FILE", "--task", "intent"], 2, "iargus import examples --task intent"),
        (["cars", "/no/such.csv"], 1, "no file /no/such.csv"),
        (["examples", "FILE", "--task", "car_price"], 2, "iargus import cars"),
        (["examples", "FILE", "--task", "other"], 2, "no task is called 'other'"),
        (
            ["examples", "FILE", "--task", "intent"],
            1,
            "no column for text, label; its columns",
        ),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, file: Path, arguments: list[str], status: int, message: str
) -> None:
    run("db", "upgrade")

    outcome = run("import", *(str(file) if each == "FILE" else each for each in arguments))

    assert (outcome.status, outcome.out) == (status, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_examples_with_every_option(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_bytes("où ?|find|01/02/2026\n".encode("cp1252"))
    file.write_bytes(b"what|class|day\n" + file.read_bytes())

    outcome = run(
        *("import", "examples", file, "--task", "intent", "--delimiter", "|"),
        *("--encoding", "cp1252", "--date-format", "%d/%m/%Y", "--source", "s" * 100),
        *("--column", "text=what", "--column", "label=class", "--column", "observed_at=day"),
    )

    assert outcome.out == "1 added, 0 already there, 0 rejected\n"


def test_works_on_mariadb(
    run: Run, file: Path, mariadb_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in mariadb_environ.items():
        monkeypatch.setenv(name, value)
    assert Environment.read(mariadb_environ).mysql is not None
    assert run("db", "check").status == 1
    assert run("db", "upgrade").status == 0

    assert run("import", "cars", file).out.startswith("2 added, 0 already there, 1 rejected")
    assert run("import", "cars", file).out.startswith("0 added, 2 already there, 1 rejected")
    assert run("db", "check").status == 0


def test_a_simulation_is_added_once(run: Run) -> None:
    run("db", "upgrade")
    plan = ("simulate", "cars", "--rows", "60", "--months", "2", "--end", "2025-12")

    assert run(*plan).out == "60 added, 0 already there\n"
    assert run(*plan).out == "0 added, 60 already there\n"
    assert run(*plan, "--scenario", "price-shock").out == "60 added, 0 already there\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "0"], "rows must be at least 1"),
        (["--scenario", "rain"], "known are: none, price-shock"),
        (["--end", "2026"], "2026"),
        (["--task", "intent"], "does not learn from sales"),
        (["--months", "5", "--drift-months", "6"], "drift_months"),
    ],
)
def test_a_plan_without_sense(run: Run, arguments: list[str], message: str) -> None:
    outcome = run("simulate", "cars", *arguments)

    assert outcome.status == 2
    assert message in outcome.err


def test_db_check_says_what_to_run(run: Run) -> None:
    assert "iargus db upgrade" in run("db", "check").err
    run("db", "upgrade")
    assert run("db", "check").out.count("the tables are those of this version") == 2


def test_what_was_understood_is_shown_before_anything_is_stored(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_text("sep=;\nutterance;category\n" + "turn it on;on\nturn it off;off\n" * 2)

    outcome = run("import", "examples", file, "--task", "intent")

    assert outcome.out == "4 added, 0 already there, 0 rejected\n"
    shown, _, _ = outcome.err.partition("Importing")
    assert "columns separated by semicolon" in shown
    assert "text (utterance)" in shown
    assert "label (category)" in shown
    assert shown.count("turn it") == 3
    assert "2 labels in 4 rows" in shown


def test_a_guess_needs_yes_where_nobody_can_be_asked(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_text("gesagt;gemeint\n" + "turn it on;on\nturn it off;off\n" * 2)
    command = ("import", "examples", file, "--task", "intent")

    outcome = run(*command)

    assert (outcome.status, outcome.out) == (1, "")
    assert "'gemeint' as label" in outcome.err
    assert "--yes" in outcome.err.splitlines()[-1]
    assert run(*command, "--yes").out.startswith("4 added")


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1)])
def test_a_guess_is_asked_on_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    import typer

    run("db", "upgrade")
    file = tmp_path / "a.csv"
    file.write_text("gesagt;gemeint\n" + "turn it on;on\nturn it off;off\n" * 2)
    monkeypatch.setattr("iargus.cli.imports.preview.is_terminal", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: answer == "y")

    outcome = run("import", "examples", file, "--task", "intent")

    assert outcome.status == status
    assert outcome.out.startswith("4 added") is (answer == "y")


def test_a_split_and_a_sheet_can_be_chosen(run: Run, tmp_path: Path) -> None:
    import json

    import pandas as pd

    run("db", "upgrade")
    splits = tmp_path / "a.json"
    splits.write_text(json.dumps({"train": [["turn it on", "on"]], "val": [["dim it", "off"]]}))
    book = tmp_path / "a.xlsx"
    with pd.ExcelWriter(book) as writer:
        for name in ("one", "two"):
            pd.DataFrame({"text": [f"sheet {name}"], "label": ["x"]}).to_excel(
                writer, sheet_name=name, index=False
            )

    command = ("import", "examples", "--task", "intent")
    assert run(*command, splits, "--split", "val").out.startswith("1 added")
    assert "--sheet" in run(*command, book).err
    assert run(*command, book, "--sheet", "two").out.startswith("1 added")
