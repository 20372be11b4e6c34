"""Imports in the table `iargus.imports`: which file, when, and which labelled rows it added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from iargus.errors import ImportStateError, ImportUnknown
from iargus.storage.database import Database
from iargus.storage.dialects.base import Plain
from iargus.storage.labelled.writing import TABLES, LabelledTable, PlainRows, insert_rows, table_of
from iargus.storage.schema import imports
from iargus.tasks.base import Task

UNFINISHED, FINISHED, UNDONE = "unfinished", "finished", "undone"
MAX_FILE_CHARS = 255
_KEYS_OF_A_QUERY = 5_000
# Days on which an import of before this table may have put rows that have no time of their own.
_OLDER_DAYS = 16


@dataclass(frozen=True)
class ImportRecord:
    """One import. Times are UTC without a zone; `observed_at` is the day that was given for rows
    without one; `added` counts the rows that it brought, `removed` those that undoing it took."""

    id: int
    task: str
    file: str
    digest: str
    source: str
    observed_at: datetime | None
    state: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    added: int
    known: int
    rejected: int
    removed: int


@dataclass(frozen=True)
class ImportedRows:
    """The rows of an import that are there: how many, and from when to when."""

    count: int
    first: datetime | None
    last: datetime | None


class Imports:
    """Every method raises `DatabaseUnavailable` or `SchemaMissing` when it cannot do its work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        task: str,
        *,
        file: str,
        digest: str,
        source: str,
        observed_at: datetime | None,
        rejected: int,
        now: datetime,
    ) -> int:
        """Write down that an import begins; its rows are added under the number this gives."""
        values = {
            "task": task,
            "file": file[-MAX_FILE_CHARS:],
            "digest": digest,
            "source": source,
            "observed_at": observed_at,
            "state": UNFINISHED,
            "started_at": now.replace(microsecond=0),
            "rows_rejected": rejected,
        }
        with self._database.transaction() as connection:
            done = connection.execute(insert(imports).values(values))
            key = done.inserted_primary_key
            assert key is not None
            return int(key[0])

    def add(self, number: int, rows: PlainRows, values: Sequence[Plain], *, known: int = 0) -> int:
        """Add rows in one transaction with their count; `known` rows more are there already.

        Raises:
            ImportStateError: the import was undone while it ran; nothing was added.
        """
        names = (*rows.names, "import_id")
        numbered = [(*each, number) for each in values]
        with self._database.transaction() as connection:
            # Before the rows: undoing the import locks its line first, too.
            self._in_state(connection, number, rows_known=imports.c.rows_known + known)
            added = insert_rows(connection, rows.table, names, numbered) if numbered else 0
            self._in_state(
                connection,
                number,
                rows_added=imports.c.rows_added + added,
                rows_known=imports.c.rows_known + len(numbered) - added,
            )
        return added

    def finish(self, number: int, now: datetime) -> None:
        """Write down that all rows of an import were added.

        Raises:
            ImportStateError: the import was undone while it ran.
        """
        with self._database.transaction() as connection:
            at = now.replace(microsecond=0)
            self._in_state(connection, number, state=FINISHED, finished_at=at)

    def listed(self, task: str | None = None) -> list[ImportRecord]:
        """All imports, the newest first."""
        query = select(imports).order_by(imports.c.id.desc())
        if task is not None:
            query = query.where(imports.c.task == task)
        with self._database.transaction() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def get(self, number: int) -> ImportRecord:
        """One import.

        Raises:
            ImportUnknown: there is none of that number.
        """
        query = select(imports).where(imports.c.id == number)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise ImportUnknown(f"there is no import {number}; see `iargus import list`")
        return _record(row)

    def rows_of(self, number: int) -> ImportedRows:
        """What is there of the rows that an import added."""
        found = ImportedRows(0, None, None)
        with self._database.transaction() as connection:
            for labelled in TABLES:
                query = select(
                    func.count(), func.min(labelled.timestamp), func.max(labelled.timestamp)
                ).where(labelled.table.c.import_id == number)
                count, first, last = connection.execute(query).one()
                if count:
                    found = ImportedRows(count, first, last)
        return found

    def undo(self, number: int, now: datetime) -> int:
        """Delete exactly the rows that an import added, in one transaction; say how many.

        Raises:
            ImportUnknown: there is none of that number.
            ImportStateError: it is undone already.
        """
        self.get(number)
        at = now.replace(microsecond=0)
        with self._database.transaction() as connection:
            done = connection.execute(
                update(imports)
                .where(imports.c.id == number, imports.c.state != UNDONE)
                .values(state=UNDONE, undone_at=at)
            )
            if done.rowcount == 0:
                raise ImportStateError(f"import {number} is undone already")
            removed = sum(
                connection.execute(
                    delete(labelled.table).where(labelled.table.c.import_id == number)
                ).rowcount
                for labelled in TABLES
            )
            connection.execute(
                update(imports).where(imports.c.id == number).values(rows_removed=removed)
            )
        return removed

    def known_keys(self, task: Task, keys: Sequence[str]) -> set[str]:
        """Which of these keys the rows of a task have."""
        labelled = table_of(task)
        found: set[str] = set()
        with self._database.transaction() as connection:
            for start in range(0, len(keys), _KEYS_OF_A_QUERY):
                some = keys[start : start + _KEYS_OF_A_QUERY]
                key = labelled.table.c.row_key
                query = select(key).where(key.in_(some), *labelled.rows_of(task))
                found.update(connection.execute(query).scalars())
        return found

    def has_older_rows(self, task: Task) -> bool:
        """Whether there are rows that no import of this table has added."""
        labelled = table_of(task)
        query = select(labelled.table.c.id).where(*_added_by_no_import(labelled, task))
        with self._database.transaction() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def days_given(self, task: Task) -> list[datetime]:
        """The days that imports so far have given to rows without one."""
        labelled = table_of(task)
        given = select(imports.c.observed_at).where(
            imports.c.task == task.name,
            imports.c.observed_at.is_not(None),
            imports.c.state != UNDONE,
        )
        # An import of before gave all of its rows one day: the days with most rows at midnight.
        older = (
            select(labelled.timestamp)
            .where(*_added_by_no_import(labelled, task))
            .group_by(labelled.timestamp)
            .having(func.count() > 1)
            .order_by(func.count().desc())
            .limit(_OLDER_DAYS)
        )
        with self._database.transaction() as connection:
            days = set(connection.execute(given.distinct()).scalars())
            found = connection.execute(older).scalars()
            days.update(day for day in found if day is not None and day.time() == time())
        return sorted(days)

    def _in_state(self, connection: Connection, number: int, **values: Any) -> None:
        done = connection.execute(
            update(imports)
            .where(imports.c.id == number, imports.c.state == UNFINISHED)
            .values(values)
        )
        if done.rowcount == 0:
            raise ImportStateError(
                f"import {number} was undone while it ran; nothing more is added"
            )


def _added_by_no_import(labelled: LabelledTable, task: Task) -> list[ColumnElement[bool]]:
    """Rows of a task that were imported before there was a table of imports."""
    rows = labelled.table.c
    return [rows.import_id.is_(None), rows.row_key.is_not(None), *labelled.rows_of(task)]


def _record(row: RowMapping) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        task=row["task"],
        file=row["file"],
        digest=row["digest"],
        source=row["source"],
        observed_at=row["observed_at"],
        state=row["state"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        undone_at=row["undone_at"],
        added=row["rows_added"],
        known=row["rows_known"],
        rejected=row["rows_rejected"],
        removed=row["rows_removed"],
    )
