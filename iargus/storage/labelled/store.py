"""What training, monitoring and imports need of the labelled rows, whatever table holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from iargus.storage.database import Database
from iargus.storage.labelled.span import Span
from iargus.storage.paging import PAGE_ROWS
from iargus.tasks.base import Storage, Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LabelledStore", "Span", "labelled_store"]


class LabelledStore(Protocol):
    """The labelled rows of one task, as tables with `features`, `label` and `observed_at`.

    Every method raises `DatabaseUnavailable` when the database does not answer, and
    `SchemaMissing` when it lacks the table.
    """

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """Add rows in one transaction and say how many were new.

        `rows` has the columns `features`, `label`, `observed_at` (UTC without a zone) and may
        have `row_key` (at most 64 characters); a row whose key is there already is passed over.

        Raises:
            DataError: a value is missing or does not fit its column; nothing was added.
        """
        ...

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """The rows with `start <= observed_at < end`, ordered by time, then by arrival."""
        ...

    def chunks(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        size: int = PAGE_ROWS,
    ) -> Iterator[pd.DataFrame]:
        """The same rows in the same order, in tables of at most `size` rows; none when there is
        no row.

        Takes memory for one table, whatever the length of the history, and holds no connection
        while the caller works on a table. Rows that are added after the first table was asked for
        are not among them, and move no other.

        A feature out of JSON has the type that the values of one table give it: numbers here, and
        objects where a table also holds a None. `rows` looks at all values at once.
        """
        ...

    def remove(self, *, start: datetime, expected: int) -> int:
        """Delete the rows with `observed_at >= start` in one transaction; returns how many.

        Raises:
            DataError: they are not as many as `expected`; nothing was deleted.
        """
        ...

    def span(self) -> Span:
        """How many rows there are, and the times of the first and the last one."""
        ...


def labelled_store(task: Task, database: Database) -> LabelledStore:
    """The store of a task's labelled rows in the database `iargus`."""
    # Imported here: both bring pandas; what only names a store does without.
    if task.storage is Storage.CAR_DETAILS:
        from iargus.storage.labelled.car_details import CarDetailsStore

        return CarDetailsStore(task, database)
    from iargus.storage.labelled.examples import ExamplesStore

    return ExamplesStore(task, database)
