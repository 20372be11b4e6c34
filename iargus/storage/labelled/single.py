"""One labelled row, as feedback brings it: the row that the stores would write, without pandas.

A worker that takes feedback would otherwise load it: a quarter of a second in which it answers
nobody, and 76 MB that it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from iargus.storage.database import Database
from iargus.storage.labelled.plain import PlainRows
from iargus.storage.labelled.writing import insert_rows
from iargus.tasks.base import Label, Task

AddLabelled = Callable[[Task, Mapping[str, Any], Label, datetime, str], int]


def adder(database: Database, *, source: str) -> AddLabelled:
    """How to add one row to the labelled rows in `database`.

    What it gives takes a task, an input and a label that the task has checked, the time (UTC
    without a zone) and a key of at most 64 characters; it says how many rows were new, and raises
    `DatabaseUnavailable` or `SchemaMissing`.
    """

    def add(task: Task, payload: Mapping[str, Any], label: Label, at: datetime, key: str) -> int:
        rows = PlainRows(task, source)
        row = rows.row(payload, label, at, key)
        with database.transaction() as connection:
            return insert_rows(connection, rows.table, rows.names, [row])

    return add
