"""JSON documents: the shapes in which tables and labelled texts are written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.encoding import Encoding
from iargus.tables.json_shapes import Shape, shape_of
from iargus.tables.json_values import MAX_DOCUMENT_BYTES, names_of, values_of
from iargus.tables.options import TableOptions
from iargus.tables.splits import chosen
from iargus.tables.table import NameColumns, Record, Table

_FIRST_ROWS = 1_000


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
    splits = None
    if options.split is not None and shape.splits:
        splits = chosen(content.path, options.split, shape.splits)
    items = shape.items if splits is None else [i for i in shape.items if i[-1] in splits]
    names, skip_first = _named(content, shape, items, name_columns)
    rows = items[1:] if skip_first else items

    def read() -> Iterator[Record]:
        for number, item in enumerate(rows, start=2 if skip_first else 1):
            cells, problem = values_of(item, names)
            yield Record(number, cells, problem)
        content.finish()

    understood = [shape.shown] if shape.shown else []
    if shape.splits:
        understood.append(_splits_note(shape.splits, splits))
    if encoding.shown:
        understood.append(encoding.shown)
    return Table(
        content,
        "JSON",
        names,
        read,
        unit="item",
        understood=understood,
        roles=shape.roles,
        has_splits=bool(shape.splits),
    )


def _splits_note(splits: Sequence[str], taken: Sequence[str] | None) -> str:
    if taken is None:
        return f"all splits ({', '.join(splits[:8])})"
    return f"split {', '.join(taken)}"


def _named(
    content: Content, shape: Shape, items: Sequence[Any], name_columns: NameColumns
) -> tuple[list[str], bool]:
    if shape.names is not None:
        return list(shape.names), False
    names, lists = names_of(iter(items))
    if not names and lists:
        rows = [item for item in items[:_FIRST_ROWS] if isinstance(item, list)]
        given = name_columns(rows)
        return (list(map(str, rows[0])), True) if given is None else (list(given), False)
    if not names:
        raise DataError(f"{content.path} holds no objects, so there is nothing to import")
    return names, False


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
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        more = (
            "; write it as one list, or as JSON Lines with one object in a line"
            if error.msg == "Extra data"
            else ""
        )
        raise DataError(
            f"{content.path} is no whole JSON document: {error.msg} at {where}{more}"
        ) from None
    except (RecursionError, ValueError):
        raise DataError(
            f"{content.path} is no JSON document that can be read: it is nested too deeply, or has "
            "a number without end"
        ) from None
