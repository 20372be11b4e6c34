"""Imports are listed, and undone to the row, on every database."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from iargus.errors import ImportStateError, ImportUnknown
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.imports import Imports
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.labelled.writing import PlainRows
from iargus.storage.migrate import upgrade
from iargus.tasks.base import Payload, Task
from iargus.tasks.catalogue import Catalogue

NOW = datetime(2026, 11, 20, 10, 30)
CATALOGUE = Catalogue.read(Policy())
TASKS = [CATALOGUE.get("car_price"), CATALOGUE.get("intent")]
PAYLOADS: dict[str, Payload] = {
    "car_price": {"state": "TX", "make": "Kia", "model": "Soul", "year": 2015, "mileage": 9.5},
    "intent": {"text": "où est l'hôtel 🚗"},
}
LABELS: dict[str, float | str] = {"car_price": 8995.0, "intent": "find"}


@pytest.fixture
def database(any_database_environ: dict[str, str]) -> Database:
    found = Database.connect(LABELLED, Settings(Environment.read(any_database_environ), Policy()))
    upgrade(found)
    return found


def begin(imports: Imports, task: str, day: datetime | None = None) -> int:
    return imports.begin(
        task,
        file="/data/sales.csv",
        digest="d" * 64,
        source="sales.csv",
        observed_at=day,
        rejected=2,
        now=NOW,
    )


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_undoing_takes_exactly_the_rows_that_an_import_added(
    database: Database, task: Task
) -> None:
    imports, rows = Imports(database), PlainRows(task, "sales.csv")
    payload, label = PAYLOADS[task.name], LABELS[task.name]

    def plain(*keys: str) -> list[tuple[object, ...]]:
        return [rows.row(payload, label, NOW, key) for key in keys]

    first, second = begin(imports, task.name), begin(imports, task.name)
    assert imports.add(first, rows, plain("a", "b")) == 2
    assert imports.add(second, rows, plain("b", "c"), known=3) == 1
    imports.finish(first, NOW)

    newer, older = imports.listed(task.name)
    assert (older.added, older.known, older.rejected, older.state) == (2, 0, 2, "finished")
    assert (newer.added, newer.known, newer.state) == (1, 4, "unfinished")
    assert imports.known_keys(task, ["a", "c", "x"]) == {"a", "c"}
    found = imports.rows_of(first)
    assert (found.count, found.first, found.last) == (2, NOW, NOW)

    assert imports.undo(first, NOW) == 2
    assert imports.known_keys(task, ["a", "b", "c"]) == {"c"}
    assert LabelledStore(task, database).span().count == 1
    assert (imports.get(first).state, imports.get(first).removed) == ("undone", 2)
    with pytest.raises(ImportStateError, match=f"import {first} is undone already"):
        imports.undo(first, NOW)


def test_an_import_that_is_undone_while_it_runs_adds_nothing_more(database: Database) -> None:
    task = CATALOGUE.get("intent")
    imports, rows = Imports(database), PlainRows(task, "a.csv")
    number = begin(imports, task.name)
    imports.add(number, rows, [rows.row(PAYLOADS["intent"], "find", NOW, "a")])
    imports.undo(number, NOW)

    with pytest.raises(ImportStateError, match="was undone while it ran"):
        imports.add(number, rows, [rows.row(PAYLOADS["intent"], "find", NOW, "b")])
    with pytest.raises(ImportStateError):
        imports.finish(number, NOW)
    assert LabelledStore(task, database).span().count == 0


def test_rows_that_no_import_added_stay(database: Database) -> None:
    task = CATALOGUE.get("intent")
    imports, rows = Imports(database), PlainRows(task, "a.csv")
    assert not imports.has_older_rows(task)
    frame = pd.DataFrame({"text": ["a"], "label": ["x"], "observed_at": [NOW], "row_key": ["k"]})
    LabelledStore(task, database).add(frame, source="feedback")
    number = begin(imports, task.name)
    imports.add(number, rows, [rows.row(PAYLOADS["intent"], "find", NOW, "a")])

    imports.undo(number, NOW)

    assert imports.has_older_rows(task)
    assert LabelledStore(task, database).rows()["text"].tolist() == ["a"]


def test_days_that_were_given_are_known_but_for_imports_that_were_undone(
    database: Database,
) -> None:
    task, imports = CATALOGUE.get("intent"), Imports(database)
    days = [datetime(2026, 1, 1), datetime(2026, 2, 1)]
    numbers = [begin(imports, task.name, day) for day in days]
    imports.undo(numbers[0], NOW)

    assert imports.days_given(task) == [days[1]]
    assert imports.days_given(CATALOGUE.get("car_price")) == []


def test_a_number_that_there_is_not(database: Database) -> None:
    with pytest.raises(ImportUnknown, match="there is no import 7"):
        Imports(database).undo(7, NOW)
