"""Where the labelled rows of a task are, and how they are written: many in one statement.

It passes over rows whose key is there already and needs the INSERT privilege alone: the account of
the API has no other on these tables.

Values arrive as the driver's: texts, numbers, None; times and JSON objects as text. That, and no
dict for each row, is what makes 10,000 and more rows a second. Nothing here needs pandas: a worker
that takes feedback would otherwise load it, a quarter of a second in which it answers nobody, and
76 MB that it keeps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Integer, String, Table

from iargus.errors import DataError
from iargus.storage.database import Database
from iargus.storage.dialects import dialect_of
from iargus.storage.dialects.base import Plain
from iargus.storage.schema import car_details, labelled_examples
from iargus.tasks.base import Label, Storage, Task

MAX_LABEL_CHARS = 255

AddLabelled = Callable[[Task, Mapping[str, Any], Label, datetime, str], int]


@dataclass(frozen=True)
class LabelledTable:
    """A table of labelled rows.

    Attributes:
        timestamp: when a row was observed.
        task: which task a row belongs to; None where all belong to one.
        payload: the features as a JSON object; None where each has a column of its name.
        written: the columns that are written, in the order of a row, behind those of features.
    """

    table: Table
    timestamp: Column[datetime]
    label: Column[Any]
    written: tuple[str, ...]
    task: Column[str] | None = None
    payload: Column[Any] | None = None

    def rows_of(self, task: Task) -> list[ColumnElement[bool]]:
        """The condition that a row belongs to `task`."""
        return [] if self.task is None else [self.task == task.name]

    def features(self, task: Task) -> list[Column[Any]]:
        """The columns of the features of `task`."""
        return [self.table.c[name] for name in task.features] if self.payload is None else []

    def written_by(self, task: Task) -> tuple[str, ...]:
        return (*(column.name for column in self.features(task)), *self.written)

    def read_by(self, task: Task) -> list[Column[Any]]:
        """The time and the number of a row, and what it says."""
        payload = [] if self.payload is None else [self.payload]
        return [self.timestamp, self.table.c.id, *self.features(task), self.label, *payload]

    def complete(self, task: Task) -> list[ColumnElement[bool]]:
        """Older tables let required columns be empty; such a row teaches nothing."""
        features = self.features(task)
        needed = [column for column in features if not column.nullable]
        return [column.is_not(None) for column in (*needed, self.label)] if features else []


CAR_DETAILS = LabelledTable(
    car_details,
    car_details.c.date_added,
    car_details.c.price,
    ("price", "date_added", "row_key", "source"),
)
EXAMPLES = LabelledTable(
    labelled_examples,
    labelled_examples.c.observed_at,
    labelled_examples.c.label,
    ("task", "observed_at", "payload", "label", "source", "row_key"),
    task=labelled_examples.c.task,
    payload=labelled_examples.c.payload,
)
TABLES = (CAR_DETAILS, EXAMPLES)


def table_of(task: Task) -> LabelledTable:
    """The table that holds the labelled rows of a task."""
    return CAR_DETAILS if task.storage is Storage.CAR_DETAILS else EXAMPLES


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Plain]
) -> int:
    """Insert all but the rows whose unique key is there already; say how many were inserted."""
    return dialect_of(connection).insert_rows(connection, table, names, rows)


class PlainRows:
    """Makes rows of one task and source, for `insert_rows(connection, table, names, rows)`."""

    def __init__(self, task: Task, source: str) -> None:
        self._source = source
        self._task = task
        labelled = table_of(task)
        self.is_car = labelled is CAR_DETAILS
        self.table = labelled.table
        self.names = labelled.written_by(task)
        self._fitted = [(column.name, _fitted(column)) for column in labelled.features(task)]

    def row(self, payload: Mapping[str, Any], label: Label, at: datetime, key: str) -> Plain:
        """One row of an input and a label that the task has checked; `at` is UTC without a zone.

        Raises:
            DataError: a value does not fit its column. MySQL would cut it and only warn, as the
                statement passes over rows that break a rule.
        """
        # As SQLAlchemy keeps times in SQLite, which compares them as text; MySQL reads it too.
        timestamp = f"{at.isoformat(' ', 'seconds')}.000000"
        if self.is_car:
            values = [
                None if (value := payload.get(name)) is None else fitted(value)
                for name, fitted in self._fitted
            ]
            return (*values, float(label), timestamp, key, self._source)
        features = {name: payload.get(name) for name in self._task.features}
        try:
            document = json.dumps(features, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise DataError(f"a feature cannot be kept: {error}") from None
        text = repr(label) if isinstance(label, float) else label
        if len(text) > MAX_LABEL_CHARS:
            raise DataError(f"a label has at most {MAX_LABEL_CHARS} characters")
        return (self._task.name, timestamp, document, text, self._source, key)


def _fitted(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes a value one of this column."""
    kind = column.type
    if not isinstance(kind, String):
        return int if isinstance(kind, Integer) else float
    limit = kind.length or 0

    def text(value: str) -> str:
        if len(value) > limit:
            raise DataError(f"{column.name} has more than the {limit} characters of its column")
        return value

    return text


def adder(database: Database, *, source: str) -> AddLabelled:
    """How to add one row to the labelled rows in `database`, as feedback brings it.

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
