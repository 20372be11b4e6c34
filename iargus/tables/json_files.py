"""JSON documents and JSON Lines as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.encoding import Encoding
from iargus.tables.json_shapes import Shape, shape_of
from iargus.tables.lines import MAX_SHOWN_CHARS, TextLines
from iargus.tables.table import (
    BROKEN,
    FIRST_ROWS,
    NameColumns,
    Record,
    Table,
    TableOptions,
    chosen_splits,
)

MAX_DOCUMENT_BYTES = 512 << 20
"""Of a JSON document, which cannot be read in parts; JSON Lines can."""


def open_json(
    content: Content, encoding: Encoding, options: TableOptions, name_columns: NameColumns
) -> Table:
    """
    Raises:
        DataError: it is no JSON, or none of the shapes that are known.
    """
    shape = shape_of(_document(content, encoding))
    if shape is None:
        raise DataError(
            f"{content.path} is JSON of no known shape: it should be a list of objects "
            '([{"text": ..., "label": ...}, ...]), an object of columns, or one of splits or '
            "labels that hold lists"
        )
    items, understood = shape.items, [shape.shown] if shape.shown else []
    if shape.splits and options.split is None:
        understood.append(f"all splits ({', '.join(shape.splits[:8])})")
    elif shape.splits and options.split is not None:
        splits = chosen_splits(content.path, options.split, shape.splits)
        items = [item for item in items if item[-1] in splits]
        understood.append(f"split {', '.join(splits)}")
    names, first = _names_of_document(content, shape, items, name_columns)

    def read() -> Iterator[Record]:
        for number, item in enumerate(items[first:], start=first + 1):
            yield _record(number, item, names)
        content.finish()

    return Table(
        content,
        "JSON",
        names,
        read,
        unit="item",
        understood=[*understood, *([encoding.shown] if encoding.shown else [])],
        roles=shape.roles,
        has_splits=bool(shape.splits),
    )


def open_json_lines(content: Content, encoding: Encoding, name_columns: NameColumns) -> Table:
    """One object, or one list, in a line; read in a stream.

    Raises:
        DataError: no line of it is an object.
    """

    def values() -> Iterator[tuple[int, Any, str | None, str]]:
        for number, line in enumerate(TextLines(content, encoding.codec), start=1):
            if line.strip():
                try:
                    yield number, _loads(line), None, line
                except (ValueError, RecursionError) as error:
                    why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                    yield number, None, f"the line is no JSON: {why.splitlines()[0][:120]}", line

    names, lists = _keys_of(value for _, value, _, _ in values())
    first = 0
    if not names and lists:
        rows = [value for _, value, _, _ in islice(values(), FIRST_ROWS) if type(value) is list]
        names, first = _names_of_lists(rows, name_columns)
    if not names:
        broken, line = next(((problem, line) for _, _, problem, line in values()), (None, ""))
        why = broken or f"its lines hold no objects, such as {line[:40]!r}"
        raise DataError(f"{content.path} is no JSON Lines that can be read: {why}")

    def read() -> Iterator[Record]:
        for number, value, broken, line in islice(values(), first, None):
            if broken is not None:
                yield Record(number, [line[:MAX_SHOWN_CHARS]], broken, BROKEN)
            else:
                yield _record(number, value, names)

    understood = [encoding.shown] if encoding.shown else []
    return Table(content, "JSON Lines", names, read, understood=understood)


def _loads(text: str) -> Any:
    # What JSON has not and pandas writes, `NaN`, is a missing value.
    return json.loads(text, parse_constant=lambda _: None)


def _document(content: Content, encoding: Encoding) -> Any:
    with content.open() as file:
        data = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise DataError(
            f"{content.path} is a JSON document of more than {MAX_DOCUMENT_BYTES >> 20} MiB, which "
            "cannot be read in parts: write it as JSON Lines (one object in a line)"
        )
    text = data.decode(encoding.codec)
    del data
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        if error.msg == "Extra data":
            where += "; write it as one list, or as JSON Lines with one object in a line"
        raise DataError(
            f"{content.path} is no whole JSON document: {error.msg} at {where}"
        ) from None
    except (RecursionError, ValueError):
        raise DataError(
            f"{content.path} is no JSON document that can be read: it is nested too deeply, or has "
            "a number without end"
        ) from None


def _names_of_document(
    content: Content, shape: Shape, items: Sequence[Any], name_columns: NameColumns
) -> tuple[list[str], int]:
    """The names of the columns, and how many items hold names instead of values: one at most."""
    if shape.names is not None:
        return list(shape.names), 0
    names, lists = _keys_of(items)
    if not names and lists:
        rows = [item for item in items[:FIRST_ROWS] if isinstance(item, list)]
        return _names_of_lists(rows, name_columns)
    if not names:
        raise DataError(f"{content.path} holds no objects, so there is nothing to import")
    return names, 0


def _names_of_lists(
    rows: Sequence[Sequence[Any]], name_columns: NameColumns
) -> tuple[list[str], int]:
    given = name_columns(rows)
    return (list(map(str, rows[0])), 1) if given is None else (list(given), 0)


def _keys_of(items: Iterable[Any]) -> tuple[list[str], int]:
    """The keys of all objects in the order in which they come first, and how many items are
    lists."""
    names: dict[str, None] = {}
    lists = 0
    known: tuple[str, ...] = ()
    for item in items:
        if isinstance(item, dict):
            keys = tuple(item)
            if keys != known:
                names.update(dict.fromkeys(keys))
                known = keys
        elif isinstance(item, list):
            lists += 1
    return list(names), lists


def _record(position: int, item: Any, names: Sequence[str]) -> Record:
    if isinstance(item, dict):
        return Record(position, [item.get(name) for name in names])
    if not isinstance(item, list):
        return Record(position, [item], "the item is no object")
    if len(item) != len(names):
        return Record(position, item, f"the row has {len(item)} fields instead of {len(names)}")
    return Record(position, item)
