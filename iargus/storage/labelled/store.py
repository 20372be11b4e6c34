"""What training, monitoring and imports need of the labelled rows, whatever table holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from iargus.errors import DataError
from iargus.storage.database import Database
from iargus.storage.dialects.base import Row
from iargus.storage.labelled.writing import CAR_DETAILS, insert_rows, table_of
from iargus.storage.paging import PAGE_ROWS, highest, pages
from iargus.tasks.base import Task

if TYPE_CHECKING:
    import pandas as pd

    from iargus.storage.labelled.car_details import CarRows
    from iargus.storage.labelled.examples import ExampleRows


@dataclass(frozen=True)
class Span:
    """How many rows there are, and when the first and the last were observed (naive UTC)."""

    count: int
    first: datetime | None
    last: datetime | None


class LabelledStore:
    """The labelled rows of one task, as tables with `features`, `label` and `observed_at`.

    Every method raises `DatabaseUnavailable` when the database does not answer, and
    `SchemaMissing` when it lacks the table.
    """

    def __init__(self, task: Task, database: Database) -> None:
        self._task = task
        self._database = database
        self._labelled = table_of(task)

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """Add rows in one transaction and say how many were new.

        `rows` has the columns `features`, `label`, `observed_at` (UTC without a zone) and may
        have `row_key` (at most 64 characters); a row whose key is there already is passed over.

        Raises:
            DataError: a value is missing or does not fit its column; nothing was added.
        """
        if rows.empty:
            return 0
        plain = self._format().plain(rows, source)
        with self._database.transaction() as connection:
            names = self._labelled.written_by(self._task)
            return insert_rows(connection, self._labelled.table, names, plain)

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """The rows with `start <= observed_at < end`, ordered by time, then by arrival."""
        return self._format().joined(self._pages(start, end, PAGE_ROWS))

    def chunks(
        self, *, start: datetime | None = None, end: datetime | None = None, size: int = PAGE_ROWS
    ) -> Iterator[pd.DataFrame]:
        """The same rows in the same order, in tables of at most `size` rows; none when there is
        no row.

        Takes memory for one table, whatever the length of the history, and holds no connection
        while the caller works on a table. Rows that are added after the first table was asked for
        are not among them, and move no other.

        A feature out of JSON has the type that the values of one table give it: numbers here, and
        objects where a table also holds a None. `rows` looks at all values at once.
        """
        form = self._format()
        for page in self._pages(start, end, size):
            yield form.frame(page)

    def remove(self, *, start: datetime, expected: int) -> int:
        """Delete the rows with `observed_at >= start` in one transaction; returns how many.

        Raises:
            DataError: they are not as many as `expected`; nothing was deleted.
        """
        labelled = self._labelled
        mine = [*labelled.complete(self._task), *labelled.rows_of(self._task)]
        wanted = [*mine, labelled.timestamp >= start]
        with self._database.transaction() as connection:
            found = connection.execute(delete(labelled.table).where(*wanted)).rowcount
            if found != expected:
                raise DataError(
                    f"{found} rows instead of {expected} are there now, so nothing was removed: "
                    "others came or went meanwhile; try again"
                )
        return found

    def span(self) -> Span:
        """How many rows there are, and the times of the first and the last one."""
        labelled = self._labelled
        query = (
            select(func.count(), func.min(labelled.timestamp), func.max(labelled.timestamp))
            .select_from(labelled.table)
            .where(*labelled.rows_of(self._task))
        )
        with self._database.transaction() as connection:
            count, first, last = connection.execute(query).one()
        return Span(count, first, last)

    def _pages(
        self, start: datetime | None, end: datetime | None, size: int
    ) -> Iterator[list[Row]]:
        labelled = self._labelled
        number = labelled.table.c.id
        wanted = [*labelled.complete(self._task), number <= highest(self._database, number)]
        if start is not None:
            wanted.append(labelled.timestamp >= start)
        if end is not None:
            wanted.append(labelled.timestamp < end)
        task = None if labelled.task is None else (labelled.task, self._task.name)
        return pages(self._database, labelled.read_by(self._task), wanted, task=task, size=size)

    def _format(self) -> CarRows | ExampleRows:
        # Imported here: both bring pandas; what only names a store does without.
        if self._labelled is CAR_DETAILS:
            from iargus.storage.labelled.car_details import CarRows

            return CarRows(self._task)
        from iargus.storage.labelled.examples import ExampleRows

        return ExampleRows(self._task)
