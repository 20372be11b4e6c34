"""Labelled rows of every other task in `iargus.labelled_examples`: features as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, delete, func, select

from iargus.errors import DataError
from iargus.storage.database import Database
from iargus.storage.dialects.base import Row
from iargus.storage.labelled import frames, reading
from iargus.storage.labelled.span import Span
from iargus.storage.labelled.writing import EXAMPLES, insert_rows
from iargus.storage.paging import PAGE_ROWS, decoded, highest, pages
from iargus.storage.schema import labelled_examples
from iargus.tasks.base import Problem, Task

MAX_LABEL_CHARS = 255


class ExamplesStore:
    """The labelled rows of one task, told apart from those of others by its name."""

    def __init__(self, task: Task, database: Database) -> None:
        self._task = task
        self._database = database

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """See `LabelledStore.add`. A feature may be missing, a label may not."""
        if rows.empty:
            return 0
        frames.require_columns(rows, [*self._task.features, "label", "observed_at"])
        source = frames.check_source(source)
        plain = list(
            zip(
                repeat(self._task.name, len(rows)),
                frames.timestamps(rows, "observed_at"),
                self._payloads(rows),
                self._labels(rows),
                repeat(source, len(rows)),
                frames.keys(rows),
                strict=True,
            )
        )
        with self._database.transaction() as connection:
            return insert_rows(connection, labelled_examples, EXAMPLES, plain)

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """See `LabelledStore.rows`."""
        # One table from all values: tables of parts may differ in the types of their columns.
        return self._frame([row for page in self._pages(start, end, PAGE_ROWS) for row in page])

    def chunks(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        size: int = PAGE_ROWS,
    ) -> Iterator[pd.DataFrame]:
        """See `LabelledStore.chunks`."""
        for page in self._pages(start, end, size):
            yield self._frame(page)

    def remove(self, *, start: datetime, expected: int) -> int:
        """See `LabelledStore.remove`."""
        table = labelled_examples.c
        wanted = (table.task == self._task.name, table.observed_at >= start)
        with self._database.transaction() as connection:
            found = connection.execute(delete(labelled_examples).where(*wanted)).rowcount
            frames.check_count(found, expected)
        return found

    def span(self) -> Span:
        """See `LabelledStore.span`."""
        table = labelled_examples.c
        query = select(
            func.count(), func.min(table.observed_at), func.max(table.observed_at)
        ).where(table.task == self._task.name)
        with self._database.transaction() as connection:
            count, first, last = connection.execute(query).one()
        return Span(count, first, last)

    def _payloads(self, rows: pd.DataFrame) -> list[str]:
        columns = []
        for feature in self._task.features:
            missing = rows[feature].isna().to_numpy(dtype=bool)
            values = rows[feature].tolist()
            columns.append([None if gap else v for v, gap in zip(values, missing, strict=True)])
        names = self._task.features
        try:
            return [
                json.dumps(
                    dict(zip(names, values, strict=True)), ensure_ascii=False, allow_nan=False
                )
                for values in zip(*columns, strict=True)
            ]
        except (TypeError, ValueError) as error:
            raise DataError(f"a labelled row holds what cannot be kept: {error}") from None

    def _labels(self, rows: pd.DataFrame) -> list[Any]:
        if self._task.problem is Problem.REGRESSION:
            # The shortest text that gives the same number again.
            return [repr(label) for label in frames.numbers(rows, "label")]
        return frames.texts(rows, "label", limit=MAX_LABEL_CHARS)

    def _pages(
        self, start: datetime | None, end: datetime | None, size: int
    ) -> Iterator[list[Row]]:
        table = labelled_examples.c
        wanted: list[ColumnElement[bool]] = [table.id <= highest(self._database, table.id)]
        if start is not None:
            wanted.append(table.observed_at >= start)
        if end is not None:
            wanted.append(table.observed_at < end)
        read = [table.observed_at, table.id, table.label, table.payload]
        task = (table.task, self._task.name)
        return pages(self._database, read, wanted, task=task, size=size)

    def _frame(self, page: Sequence[Row]) -> pd.DataFrame:
        payloads = decoded([row[3] for row in page])
        frame = pd.DataFrame(index=pd.RangeIndex(len(page)))
        for feature in self._task.features:
            frame[feature] = reading.feature([payload.get(feature) for payload in payloads])
        labels = [row[2] for row in page]
        is_number = self._task.problem is Problem.REGRESSION
        frame["label"] = reading.numbers(labels) if is_number else reading.texts(labels)
        frame["observed_at"] = reading.timestamps([row[0] for row in page])
        return frame
