"""Labelled rows as the statement that adds them takes them: plain tuples, without pandas."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, String, Table

from iargus.errors import DataError
from iargus.storage.labelled.writing import CAR_DETAILS, EXAMPLES
from iargus.storage.schema import car_details, labelled_examples
from iargus.tasks.base import Label, Storage, Task

Plain = tuple[Any, ...]

MAX_LABEL_CHARS = 255


class PlainRows:
    """Makes rows of one task and source, for `insert_rows(connection, table, names, rows)`."""

    def __init__(self, task: Task, source: str) -> None:
        self._source = source
        self._task = task
        self.is_car = task.storage is Storage.CAR_DETAILS
        self.table: Table = car_details if self.is_car else labelled_examples
        self.names = (*task.features, *CAR_DETAILS) if self.is_car else EXAMPLES
        columns = [car_details.c[name] for name in task.features] if self.is_car else []
        self._fitted = [(column.name, _fitted(column)) for column in columns]

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
