"""An open table: the names of its columns, its rows in a stream, and what was understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import Content

WRONG_WIDTH = "the row has a wrong number of fields"
BROKEN = "the row cannot be read"
FIRST_ROWS = 1_000  # which decide whether the first of them is a header
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class TableOptions:
    """What a user may say about a file; what is left out is recognised.

    Attributes:
        encoding: as Python names it.
        delimiter: one character between the columns of a text file.
        sheet: the name or the number (from 1) of a workbook's sheet.
        split: the part of a file that has several, such as `train`; None: all of them.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    split: str | None = None


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


@dataclass
class BrokenRows:
    """Rows that were left out, and the first of them."""

    unit: str
    rows: int = 0
    first: str = ""

    def add(self, record: Record) -> None:
        self.rows += 1
        if self.rows == 1:
            self.first = f"{self.unit} {record.position}: {record.problem}"


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
        understood: how it is read, such as `delimiter ;`, in the order in which it is shown.
        clean_text: begins to read a delimited text without its broken rows; see `CleanText`.
        roles: columns whose meaning the format fixes: `{"text": ..., "label": ...}`.
        has_splits: the format has parts, and those that were asked for are chosen already.
    """

    content: Content
    format: str
    names: Sequence[str]
    read: Callable[[], Iterator[Record]]
    unit: str = "line"
    has_header: bool = True
    understood: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    clean_text: Callable[[], Any] | None = None
    has_splits: bool = False
    _records: Iterator[Record] | None = None

    @property
    def path(self) -> Path:
        return self.content.path

    @property
    def size_bytes(self) -> int:
        """Of the file on disk, which `bytes_read` goes up to."""
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

    def head(self, count: int) -> list[Record]:
        """The first rows; `records` is not used up by it."""
        return list(islice(self.read(), count))

    def bytes_read(self) -> int:
        """How far the pass that was begun last has come in the file."""
        return self.content.bytes_read()

    def close(self) -> None:
        self.content.close()

    def description(self) -> str:
        """The format and how it is read, in one line."""
        return ", ".join((self.format, *self.understood))


def check_title(
    content: Content, unit: str, position: int, width: int, widths: Sequence[int]
) -> None:
    """
    Raises:
        DataError: the first row has fewer fields than nearly all rows below it, as a title has.
    """
    usual = max(set(widths), key=widths.count) if widths else 0
    if width < usual and widths.count(usual) > len(widths) * _NEARLY_ALL:
        raise DataError(
            f"{content.path}, {unit} {position}: {width} fields, and {usual} in the {unit}s below: "
            f"the header should be the first {unit}, with a name for every column"
        )


def chosen_splits(path: Path, asked: str, splits: Sequence[str]) -> list[str]:
    """The parts of a file that are asked for, separated by commas.

    Raises:
        DataError: there is no such split.
    """
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not splits:
        raise DataError(f"{path} has no splits, so --split has no use; leave it out")
    for name in names:
        if name not in splits:
            raise DataError(f"{path} has no split {name!r}; it has {', '.join(splits)}")
    return names
