"""Rows of a table in order of time, a page at a time, each page by a query of its own.

A cursor that stays open would be killed by the server when its reader stops to think
(`net_write_timeout`, 60 s), and would hold a connection, on SQLite a lock against checkpoints, for
as long. A page that begins after the last row of the page before costs the same wherever it is, by
the index of the time, and no row that is added between two pages moves another or makes it come
twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, func, select

from iargus.storage.database import Database
from iargus.storage.dialects.base import Row

PAGE_ROWS = 50_000


def pages(
    database: Database,
    columns: Sequence[Column[Any]],
    wanted: Sequence[ColumnElement[bool]],
    *,
    task: tuple[Column[str], str] | None = None,
    size: int = PAGE_ROWS,
) -> Iterator[list[Row]]:
    """The rows that are `wanted`, in order of the first two `columns`, at most `size` at a time.

    The first column is a time, the second tells apart rows of one time. Values come as the
    database has them: times as text, JSON as text or decoded already. Nothing is held between two
    pages: no connection, no transaction. `task` names the column before the time in the index, and
    the one value of it that is wanted.
    """
    if size < 1:
        raise ValueError(f"a page has at least one row, not {size}")
    after: Row | None = None
    while True:
        with database.transaction() as connection:
            page = database.dialect.read_page(
                connection, columns, and_(*wanted), after=after, task=task, size=size
            )
        if page:
            yield page
        if len(page) < size:
            return
        after = page[-1]


def highest(database: Database, number: Column[int]) -> int:
    """The highest number in a column that counts rows as they arrive; 0 where there is none."""
    with database.transaction() as connection:
        found: int | None = connection.execute(select(func.max(number))).scalar()
    return found or 0


def decoded(values: Sequence[Any]) -> list[Any]:
    """The values of a JSON column, of which some databases give the text."""
    if all(isinstance(value, str) for value in values):
        # One document is decoded several times faster than one for each row.
        found: list[Any] = json.loads(f"[{','.join(values)}]")
        return found
    return [json.loads(value) if isinstance(value, str) else value for value in values]
