"""Sales of cars in the table `iargus.car_details`, whose columns other programs know too."""

from __future__ import annotations

from datetime import datetime
from itertools import repeat

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select

from iargus.database import Database
from iargus.errors import DataError
from iargus.labelled import frames
from iargus.labelled.writing import insert_rows
from iargus.schema import car_details
from iargus.tasks.base import Task

COLUMNS = ("state", "make", "model", "year", "mileage", "label", "observed_at")
WRITTEN = (
    *("state", "model", "make", "year", "mileage", "price", "date_added"),
    *("row_key", "source"),
)
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
                frames.moments(rows, "observed_at"),
                frames.keys(rows),
                repeat(source, len(rows)),
                strict=True,
            )
        )
        with self._database.transaction() as connection:
            return insert_rows(connection, car_details, WRITTEN, plain)

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """See `LabelledStore.rows`."""
        table = car_details.c
        # Older tables let these columns be empty; such a row teaches nothing.
        wanted: list[ColumnElement[bool]] = [
            column.is_not(None)
            for column in (table.make, table.model, table.year, table.price, table.date_added)
        ]
        if start is not None:
            wanted.append(table.date_added >= start)
        if end is not None:
            wanted.append(table.date_added < end)
        query = select(
            table.id,
            table.state,
            table.make,
            table.model,
            table.year,
            table.mileage,
            table.price.label("label"),
            table.date_added.label("observed_at"),
        ).where(and_(*wanted))
        with self._database.transaction() as connection:
            found = connection.execute(query).all()
        frame = pd.DataFrame.from_records(found, columns=["id", *COLUMNS])
        typed = frame.astype(
            {
                "state": "str",
                "make": "str",
                "model": "str",
                "year": np.int64,
                "mileage": np.float64,
                "label": np.float64,
                "observed_at": "datetime64[us]",
            }
        )
        return frames.in_order(typed, [*self._task.features, "label", "observed_at"])

    def span(self) -> frames.Span:
        """See `LabelledStore.span`."""
        moment = car_details.c.date_added
        with self._database.transaction() as connection:
            count, first, last = connection.execute(
                select(func.count(), func.min(moment), func.max(moment)).select_from(car_details)
            ).one()
        return frames.Span(count, first, last)
