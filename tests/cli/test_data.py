"""`iargus data future` shows rows that are dated later than tomorrow, and takes them out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.catalogue import Catalogue
from tests.cli.conftest import Run


def add(tmp_path: Path, *days: str) -> None:
    database = Database.connect(LABELLED, Settings(Environment(var_dir=tmp_path / "var"), Policy()))
    task = Catalogue.read(Policy()).get("car_price")
    rows = pd.DataFrame(
        {
            "state": "ny",
            "make": "Toyota",
            "model": "Camry",
            "year": 2019,
            "mileage": 42_000.0,
            "label": 15_900.0,
            "observed_at": pd.to_datetime(list(days)),
        }
    )
    LabelledStore(task, database).add(rows, source="test")


def test_rows_of_the_future_are_shown_and_set_aside(run: Run, tmp_path: Path) -> None:
    assert run("db", "upgrade").status == 0
    add(tmp_path, "2062-10-14", "2019-10-15")
    shown = run("data", "future", "car_price")
    assert shown.status == 0
    assert "car_price: 1 row is dated later than tomorrow" in shown.out
    assert "2062-10-14" in shown.out
    assert "2019-10-15" not in shown.out
    file = tmp_path / "slips.csv"
    file.touch()
    assert run("data", "future", "car_price", "--set-aside", file).status == 1
    file.unlink()
    outcome = run("data", "future", "car_price", "--set-aside", file)
    assert (outcome.status, outcome.err) == (0, "")
    assert f"iargus import cars {file}" in outcome.out
    assert "no row is dated" in run("data", "future", "car_price").out
    written = pd.read_csv(file)
    assert written["date_added"].tolist() == ["2062-10-14"]
    # Corrected, the file is what an import takes.
    written.assign(date_added="2020-10-14").to_csv(file, index=False)
    again = run("import", "cars", file)
    assert (again.status, "1 added" in again.out) == (0, True)


def test_a_file_that_cannot_be_written_removes_nothing(run: Run, tmp_path: Path) -> None:
    assert run("db", "upgrade").status == 0
    add(tmp_path, "2062-10-14")
    outcome = run("data", "future", "car_price", "--set-aside", tmp_path / "nowhere" / "x.csv")
    assert outcome.status == 1
    assert "1 row is dated" in run("data", "future", "car_price").out


def test_an_end_that_is_not_over_is_not_simulated(run: Run) -> None:
    assert run("db", "upgrade").status == 0
    outcome = run("simulate", "cars", "--rows", "10", "--months", "1", "--end", "2062-10")
    assert outcome.status == 2
    assert "--end 2062-10 is not over" in outcome.err
