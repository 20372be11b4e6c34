"""Labelled rows as the statement that adds them takes them: plain tuples, without pandas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table

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
        self.names = CAR_DETAILS if self.is_car else EXAMPLES

    def row(self, payload: Mapping[str, Any], label: Label, at: datetime, key: str) -> Plain:
        """One row of an input and a label that the task has checked; `at` is UTC without a zone.

        Raises:
            DataError: a value does not fit its column. MySQL would cut it and only warn, as the
                statement passes over rows that break a rule.
        """
        # As SQLAlchemy keeps times in SQLite, which compares them as text; MySQL reads it too.
        timestamp = f"{at.isoformat(' ', 'seconds')}.000000"
        if self.is_car:
            return self._car(payload, label, timestamp, key)
        features = {name: payload.get(name) for name in self._task.features}
        try:
            document = json.dumps(features, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise DataError(f"a feature cannot be kept: {error}") from None
        text = repr(label) if isinstance(label, float) else label
        if len(text) > MAX_LABEL_CHARS:
            raise DataError(f"a label has at most {MAX_LABEL_CHARS} characters")
        return (self._task.name, timestamp, document, text, self._source, key)

    def _car(self, payload: Mapping[str, Any], label: Label, timestamp: str, key: str) -> Plain:
        state, make, model = payload.get("state"), payload["make"], payload["model"]
        mileage = payload.get("mileage")
        if len(make) > 64 or len(model) > 128 or (state is not None and len(state) > 64):
            raise DataError("the name of a make, a model or a state is too long for its column")
        miles = None if mileage is None else float(mileage)
        year = int(payload["year"])
        return (state, model, make, year, miles, float(label), timestamp, key, self._source)
