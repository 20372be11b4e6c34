"""Delimited text without its broken rows, for a parser that is faster and less careful: which
rows there are, and which of them are broken, is decided as everywhere (`records`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from iargus.tables.delimited.records import (
    BLANKS,
    MAX_RECORD_LINES,
    ONE_COLUMN,
    Dialect,
    allow_long_fields,
    split_records,
)
from iargus.tables.lines import TextLines
from iargus.tables.table import BrokenRows

_WRITTEN_ROWS = 8_192


class CleanText:
    """A text file as comma- or otherwise separated rows without header, that `read` gives in
    parts. What has no fault is passed on block by block; from the first broken row on, row by row.

    Attributes:
        separator: what stands between its columns.
        is_quoted: whether fields may be quoted.
    """

    def __init__(self, lines: TextLines, dialect: Dialect, width: int, *, header: bool) -> None:
        self._lines, self._dialect, self._width, self._header = lines, dialect, width, header
        self.broken = BrokenRows("line")
        self.is_quoted = dialect.delimiter not in ("\t", BLANKS)
        one = dialect.delimiter is None or dialect.delimiter == BLANKS
        self.separator = ONE_COLUMN if one else str(dialect.delimiter)
        self._parts = self._texts()
        self._left = ""

    def read(self, size: int = -1) -> str:
        """The next part, not longer than `size`; empty at the end."""
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return ""
            self._left = part
        if size < 0:
            size = len(self._left)
        part, self._left = self._left[:size], self._left[size:]
        return part

    def __iter__(self) -> Iterator[str]:
        while part := self.read():
            yield part

    def _texts(self) -> Iterator[str]:
        allow_long_fields()
        blocks = self._lines.blocks()
        carried: list[str] = []
        number = 0  # of the last line that was dealt with
        for block in blocks:
            lines = carried + block
            if number == 0:
                number = self._lines_of_header(lines)
                lines = lines[number:]
            done = self._whole(lines)
            if done:
                yield "\n".join(lines[:done]) + "\n"
            number += done
            carried = lines[done:]
            if carried and not self._may_go_on(carried):
                rest = chain(carried, (line for block in blocks for line in block))
                yield from self._row_by_row(rest, number + 1)
                return
        if carried:
            yield from self._row_by_row(iter(carried), number + 1)

    def _lines_of_header(self, lines: list[str]) -> int:
        if not self._header:
            return self._dialect.skip
        records = split_records(lines, self._dialect)
        next(records, None)
        second = next(records, None)
        return len(lines) if second is None else second.position - 1

    def _whole(self, lines: list[str]) -> int:
        """How many lines, from the first, are rows without a fault."""
        if self._lines.faults:
            return 0
        if '"' in "".join(lines):
            return self._whole_quoted(lines) if self.is_quoted else 0
        delimiter, between = self._dialect.delimiter, self._width - 1
        if delimiter is None:
            return len(lines)
        wrong = (at for at, line in enumerate(lines) if line.count(delimiter) != between)
        return next(wrong, len(lines))

    def _whole_quoted(self, lines: list[str]) -> int:
        reader = self._reader(lines)
        done = 0
        try:
            for cells in reader:
                if len(cells) != self._width:
                    break
                done = reader.line_num
        except csv.Error:
            pass  # `_may_go_on` and `split_records` say what it is
        return done

    def _may_go_on(self, lines: list[str]) -> bool:
        """Whether they may be the beginning of a row that the next block ends."""
        if not self.is_quoted or len(lines) >= MAX_RECORD_LINES:
            return False
        try:
            for _ in self._reader(lines):
                return False
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False

    def _reader(self, lines: list[str]):  # type: ignore[no-untyped-def]
        ended = (line + "\n" for line in lines)
        return csv.reader(ended, delimiter=self._dialect.delimiter or ONE_COLUMN, strict=True)

    def _row_by_row(self, lines: Iterator[str], first_line: int) -> Iterator[str]:
        records = split_records(
            lines,
            Dialect(self._dialect.delimiter),
            faults=self._lines.faults,
            first_line=first_line,
            width=self._width,
        )
        rows: list[list[str]] = []
        for record in records:
            if record.problem is not None:
                self.broken.add(record)
                continue
            rows.append(list(record.values))
            if len(rows) >= _WRITTEN_ROWS:
                yield self._written(rows)
                rows = []
        if rows:
            yield self._written(rows)

    def _written(self, rows: list[list[str]]) -> str:
        if not self.is_quoted:
            return "".join(self.separator.join(row) + "\n" for row in rows)
        text = StringIO()
        csv.writer(text, delimiter=self.separator, lineterminator="\n").writerows(rows)
        return text.getvalue()
