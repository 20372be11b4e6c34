"""Sales of cars in the table `iargus.car_details`, whose columns other programs know too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, delete, func, select

from iargus.errors import DataError
from iargus.storage.database import Database
from iargus.storage.dialects.base import Row
from iargus.storage.labelled import frames, reading
from iargus.storage.labelled.span import Span
from iargus.storage.labelled.writing import CAR_DETAILS, insert_rows
from iargus.storage.paging import PAGE_ROWS, highest, pages
from iargus.storage.schema import car_details
from iargus.tasks.base import Task

COLUMNS = ("state", "make", "model", "year", "mileage", "label", "observed_at")
READ = ("date_added", "id", "state", "make", "model", "year", "mileage", "price")
YEARS = range(-32_768, 32_768)  # what SMALLINT holds


class CarDetailsStore:
    """The labelled rows of a task that learns prices of cars; the price is the label."""

    def __init__(self, task: Task, database: Database) -> None:
        self._task = task
        self._database = database

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """See `LabelledStore.add`. State and mileage may be missing."""
        if rows.empty:
            return 0
        frames.require_columns(rows, COLUMNS)
        source = frames.check_source(source)
        years = [int(year) for year in frames.numbers(rows, "year")]
        if min(years) not in YEARS or max(years) not in YEARS:
            raise DataError("labelled rows hold a year that its column cannot")
        plain = list(
            zip(
                frames.texts(rows, "state", limit=64, optional=True),
                frames.texts(rows, "model", limit=128),
                frames.texts(rows, "make", limit=64),
                years,
                frames.numbers(rows, "mileage", optional=True),
                frames.numbers(rows, "label"),
                frames.timestamps(rows, "observed_at"),
                frames.keys(rows),
                repeat(source, len(rows)),
                strict=True,
            )
        )
        with self._database.transaction() as connection:
            return insert_rows(connection, car_details, CAR_DETAILS, plain)

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
        wanted = _complete()
        wanted.append(table.id <= highest(self._database, table.id))
        if start is not None:
            wanted.append(table.date_added >= start)
        if end is not None:
            wanted.append(table.date_added < end)
        read = [table[name] for name in READ]
        for page in pages(self._database, read, wanted, size=size):
            yield self._frame(page)

    def remove(self, *, start: datetime, expected: int) -> int:
        """See `LabelledStore.remove`."""
        wanted = [*_complete(), car_details.c.date_added >= start]
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
        columns = zip(*page, strict=True) if page else repeat((), len(READ))
        observed_at, _, state, make, model, year, mileage, price = columns
        frame = pd.DataFrame(
            {
                "state": reading.texts(state),
                "make": reading.texts(make),
                "model": reading.texts(model),
                "year": np.array(year, np.int64),
                "mileage": reading.numbers(mileage),
                "label": reading.numbers(price),
                "observed_at": reading.timestamps(observed_at),
            }
        )
        return frame[[*self._task.features, "label", "observed_at"]]


def _complete() -> list[ColumnElement[bool]]:
    """Older tables let these columns be empty; such a row teaches nothing."""
    table = car_details.c
    return [column.is_not(None) for column in (table.make, table.model, table.year, table.price)]
