"""An open table: the names of its columns, its rows in a stream, and what was understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from iargus.tables.content import Content

WRONG_WIDTH = "the row has a wrong number of fields"
BROKEN = "the row cannot be read"


@dataclass(slots=True)
class Record:
    """One row: its values in the order of `Table.names`, as they are in the file.

    `problem` says why it is no row at all, such as a field too many; `reason` says so in general,
    to be counted.
    """

    position: int
    values: Sequence[Any]
    problem: str | None = None
    reason: str = WRONG_WIDTH


NameColumns = Callable[[Sequence[Sequence[Any]]], Sequence[str] | None]
"""Sees the first rows of a table without names of its own, the first of all included, and gives
names for the columns where that row is data already, or None where it names them."""


@dataclass
class Table:
    """
    Attributes:
        format: what it is, for people: `CSV`, `JSON Lines`, `workbook`.
        has_header: the names stand in the file; otherwise they were given to its columns.
        unit: what `Record.position` counts: `line`, `row` or `item`, from 1.
        understood: how it is read, such as `delimiter ;`, in the order in which it is told.
        roles: columns whose meaning the format fixes: `{"text": ..., "label": ...}`.
        has_splits: the format has parts, and those that were asked for are chosen already.
        size_bytes: of the file on disk, which `bytes_read` goes up to.
    """

    content: Content
    format: str
    names: Sequence[str]
    read: Callable[[], Iterator[Record]]
    unit: str = "line"
    has_header: bool = True
    understood: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    details: Any = None
    has_splits: bool = False
    _records: Iterator[Record] | None = None

    @property
    def path(self) -> Path:
        return self.content.path

    @property
    def size_bytes(self) -> int:
        return self.content.size

    @property
    def records(self) -> Iterator[Record]:
        """The rows in order, once.

        Raises:
            DataError: while they are read, where the file turns out to be broken as a whole.
        """
        if self._records is None:
            self._records = self.read()
        return self._records

    def scan(self) -> Iterator[Record]:
        """All rows in a pass of its own, from the start; `records` is not used up by it."""
        return self.read()

    def head(self, count: int) -> list[Record]:
        """The first rows; `records` is not used up by it."""
        rows = self.read()
        try:
            return list(islice(rows, count))
        finally:
            close = getattr(rows, "close", None)
            if close is not None:
                close()

    def bytes_read(self) -> int:
        """How far the pass that was begun last has come in the file."""
        return self.content.bytes_read()

    def close(self) -> None:
        self.content.close()

    def description(self) -> str:
        """The format and how it is read, in one line."""
        return ", ".join((self.format, *self.understood))
