"""JSON Lines: one object, or one list, in a line; read in a stream."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.encoding import Encoding
from iargus.tables.json_values import loads, names_of, values_of
from iargus.tables.lines import TextLines
from iargus.tables.records import MAX_SHOWN
from iargus.tables.table import BROKEN, NameColumns, Record, Table

_FIRST_ROWS = 1_000


def open_json_lines(content: Content, encoding: Encoding, name_columns: NameColumns) -> Table:
    """
    Raises:
        DataError: no line of it is an object.
    """

    def values() -> Iterator[tuple[int, Any, str | None, str]]:
        for number, line in enumerate(TextLines(content, encoding.codec), start=1):
            if line.strip():
                try:
                    yield number, loads(line), None, line
                except ValueError as error:
                    yield number, None, f"the line is no JSON: {_first(error)}", line

    names, lists = names_of(value for _, value, _, _ in values())
    skip_first = False
    if not names and lists:
        rows = [value for _, value, _, _ in islice(values(), _FIRST_ROWS) if type(value) is list]
        given = name_columns(rows)
        skip_first = given is None
        names = list(map(str, rows[0])) if given is None else list(given)
    if not names:
        first = next(((problem, line) for _, _, problem, line in values()), (None, ""))
        why = first[0] or f"its lines hold no objects, such as {first[1][:40]!r}"
        raise DataError(f"{content.path} is no JSON Lines that can be read: {why}")

    def read() -> Iterator[Record]:
        found = values()
        if skip_first:
            next(found, None)
        for number, value, broken, line in found:
            if broken is not None:
                yield Record(number, [line[:MAX_SHOWN]], broken, BROKEN)
                continue
            cells, problem = values_of(value, names)
            yield Record(number, cells, problem)

    understood = [encoding.shown] if encoding.shown else []
    return Table(content, "JSON Lines", names, read, understood=understood)


def _first(error: ValueError) -> str:
    return str(error).splitlines()[0][:120]
