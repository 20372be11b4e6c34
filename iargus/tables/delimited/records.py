"""Records of delimited text: whole rows out of lines, each broken one by itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from iargus.tables.lines import MAX_SHOWN_CHARS
from iargus.tables.table import BROKEN, Record

MAX_FIELD_CHARS = 8 << 20  # of one field; csv's own limit of 131,072 would end the whole file
MAX_RECORD_LINES = 2_000
"""Over which a quoted field may go. One that goes further lacks its second quotation mark."""

ONE_COLUMN = "\x1f"  # where there is no delimiter; it stands in no text
BLANKS = "    "  # some files of sentences have this between sentence and label


@dataclass(frozen=True)
class Dialect:
    """`delimiter` None: one column. `skip` lines at the head are no rows."""

    delimiter: str | None
    skip: int = 0


def split_records(
    lines: Iterable[str],
    dialect: Dialect,
    *,
    faults: Mapping[int, str] = MappingProxyType({}),
    first_line: int = 1,
    width: int = 0,
) -> Iterator[Record]:
    """Every row with the number of its first line; also the header, as the first of them.

    A row that is broken has a `problem`; a quotation mark that is missing costs one row. `width`
    is the number of columns; 0: that of the first row.
    """
    allow_long_fields()
    if dialect.delimiter in ("\t", BLANKS):
        found = _plain_records(lines, dialect, faults, first_line)
    else:
        found = _quoted_records(lines, dialect, faults, first_line, width)
    for record in found:
        if record.problem is None:
            width = width or len(record.values)
            if len(record.values) != width:
                record.problem = f"the row has {len(record.values)} fields instead of {width}"
        yield record


def allow_long_fields() -> None:
    """Lift the limit of `csv` for this process."""
    if csv.field_size_limit() < MAX_FIELD_CHARS:
        csv.field_size_limit(MAX_FIELD_CHARS)


class _Unclosed(Exception):
    pass


class _Feed:
    """Lines for `csv.reader`, which takes as many as a record needs; they can be put back."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.number = number  # of the line that was given last
        self.record: list[str] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.record) >= MAX_RECORD_LINES:
            raise _Unclosed
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.record.append(line)
        return line + "\n"

    def put_back(self) -> None:
        """All lines of the record but the first come again."""
        rest = self.record[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        self.record = self.record[:1]


def _quoted_records(
    lines: Iterable[str], dialect: Dialect, faults: Mapping[int, str], first_line: int, width: int
) -> Iterator[Record]:
    feed = _Feed(islice(lines, dialect.skip, None), first_line - 1 + dialect.skip)
    delimiter = dialect.delimiter or ONE_COLUMN
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        start = feed.number + 1
        feed.record.clear()
        try:
            cells = next(reader, None)
        except (csv.Error, _Unclosed) as error:
            problem = _broken(error, len(feed.record))
            feed.put_back()
            first = feed.record[0]
            yield Record(start, [first[:MAX_SHOWN_CHARS]], problem, BROKEN)
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        if cells is None:
            return
        taken = feed.record
        if not cells or (len(taken) == 1 and not taken[0].strip()):
            continue
        numbers = range(start, feed.number + 1)
        if faults and (fault := next((faults[n] for n in numbers if n in faults), None)):
            yield Record(start, [taken[0][:MAX_SHOWN_CHARS]], fault, BROKEN)
            continue
        width = width or len(cells)
        if len(taken) > 1 and len(cells) != width and _are_rows(taken[1:], delimiter, width):
            feed.put_back()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            problem = "a quotation mark is opened and not closed"
            yield Record(start, [taken[0][:MAX_SHOWN_CHARS]], problem, BROKEN)
            continue
        yield Record(start, cells)


def _broken(error: Exception, lines: int) -> str:
    text = str(error)
    if isinstance(error, _Unclosed) or "unexpected end" in text or lines > 1:
        return "a quotation mark is opened and not closed"
    if "field limit" in text:
        return f"a field is longer than {MAX_FIELD_CHARS:,} characters"
    if "expected after" in text:
        return "a quotation mark stands in the middle of a quoted field: it should be doubled"
    return text


def _are_rows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether lines that a quotation mark swallowed are rows by themselves, but for the last."""
    for line in lines[:-1] or lines:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            return False
        if len(cells) != width:
            return False
    return True


def _plain_records(
    lines: Iterable[str], dialect: Dialect, faults: Mapping[int, str], first_line: int
) -> Iterator[Record]:
    # No CSV: in sentences a quotation mark is a character like any other.
    tab = dialect.delimiter == "\t"
    for number, text in enumerate(lines, start=first_line):
        if number <= dialect.skip or not text.strip():
            continue
        line = text.rstrip("\r")
        if number in faults:
            yield Record(number, [line[:MAX_SHOWN_CHARS]], faults[number], BROKEN)
        elif tab and "\t" in line:
            cells = line.split("\t")
            yield Record(number, [unquoted(c) for c in cells] if '"' in line else cells)
        elif BLANKS in line:
            yield Record(number, line.rsplit(BLANKS, 1))
        else:
            yield Record(number, [line])


def unquoted(cell: str) -> str:
    """Some programs write tables with tabs as CSV: quoted, with quotation marks doubled."""
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    inner = cell[1:-1]
    whole = inner.replace('""', "")
    return cell if '"' in whole else inner.replace('""', '"')
