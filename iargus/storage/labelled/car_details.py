"""Sales of cars in the table `iargus.car_details`, whose columns other programs know too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Column, ColumnElement, Integer, String, delete, func, select

from iargus.errors import DataError
from iargus.storage.database import Database
from iargus.storage.dialects.base import Row
from iargus.storage.labelled import frames, reading
from iargus.storage.labelled.span import Span
from iargus.storage.labelled.writing import CAR_DETAILS, insert_rows
from iargus.storage.paging import PAGE_ROWS, highest, pages
from iargus.storage.schema import car_details
from iargus.tasks.base import Task

WHOLE = range(-32_768, 32_768)  # what SMALLINT holds


class CarDetailsStore:
    """The labelled rows of a task that learns prices of cars; the price is the label."""

    def __init__(self, task: Task, database: Database) -> None:
        self._task = task
        self._database = database
        self._columns: list[Column[Any]] = [car_details.c[name] for name in task.features]

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """See `LabelledStore.add`. What may be empty in the table may be missing."""
        if rows.empty:
            return 0
        frames.require_columns(rows, (*self._task.features, "label", "observed_at"))
        source = frames.check_source(source)
        plain = list(
            zip(
                *(_values(rows, column) for column in self._columns),
                frames.numbers(rows, "label"),
                frames.timestamps(rows, "observed_at"),
                frames.keys(rows),
                repeat(source, len(rows)),
                strict=True,
            )
        )
        names = (*self._task.features, *CAR_DETAILS)
        with self._database.transaction() as connection:
            return insert_rows(connection, car_details, names, plain)

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """See `LabelledStore.rows`."""
        found = list(self.chunks(start=start, end=end))
        return pd.concat(found, ignore_index=True) if found else self._frame([])

    def chunks(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        size: int = PAGE_ROWS,
    ) -> Iterator[pd.DataFrame]:
        """See `LabelledStore.chunks`."""
        table = car_details.c
        wanted = self._complete()
        wanted.append(table.id <= highest(self._database, table.id))
        if start is not None:
            wanted.append(table.date_added >= start)
        if end is not None:
            wanted.append(table.date_added < end)
        read = [table.date_added, table.id, *self._columns, table.price]
        for page in pages(self._database, read, wanted, size=size):
            yield self._frame(page)

    def remove(self, *, start: datetime, expected: int) -> int:
        """See `LabelledStore.remove`."""
        wanted = [*self._complete(), car_details.c.date_added >= start]
        with self._database.transaction() as connection:
            found = connection.execute(delete(car_details).where(*wanted)).rowcount
            frames.check_count(found, expected)
        return found

    def span(self) -> Span:
        """See `LabelledStore.span`."""
        observed = car_details.c.date_added
        with self._database.transaction() as connection:
            count, first, last = connection.execute(
                select(func.count(), func.min(observed), func.max(observed)).select_from(
                    car_details
                )
            ).one()
        return Span(count, first, last)

    def _frame(self, page: Sequence[Row]) -> pd.DataFrame:
        columns = zip(*page, strict=True) if page else repeat((), 3 + len(self._columns))
        observed_at, _, *features, price = columns
        read = {
            column.name: _read(values, column)
            for column, values in zip(self._columns, features, strict=True)
        }
        label, times = reading.numbers(price), reading.timestamps(observed_at)
        return pd.DataFrame({**read, "label": label, "observed_at": times})

    def _complete(self) -> list[ColumnElement[bool]]:
        """Older tables let these columns be empty; such a row teaches nothing."""
        needed = [column for column in self._columns if not column.nullable]
        return [column.is_not(None) for column in (*needed, car_details.c.price)]


def _values(rows: pd.DataFrame, column: Column[Any]) -> list[Any]:
    """A column of labelled rows as its column in the table takes it."""
    name, kind, optional = column.name, column.type, bool(column.nullable)
    if isinstance(kind, String):
        return frames.texts(rows, name, limit=kind.length or 0, optional=optional)
    numbers = frames.numbers(rows, name, optional=optional)
    if not isinstance(kind, Integer):
        return numbers
    whole = [int(number) for number in numbers]
    if min(whole) not in WHOLE or max(whole) not in WHOLE:
        raise DataError(f"labelled rows hold a {name} that its column cannot")
    return whole


def _read(values: Sequence[Any], column: Column[Any]) -> Any:
    if isinstance(column.type, String):
        return reading.texts(values)
    return (
        np.array(values, np.int64) if isinstance(column.type, Integer) else reading.numbers(values)
    )
