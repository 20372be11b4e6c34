"""The one door: whatever the file, a table, or an error that names what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.delimited import open_delimited
from iargus.tables.encoding import encoding_of
from iargus.tables.json_document import open_json
from iargus.tables.json_lines import open_json_lines
from iargus.tables.options import TableOptions
from iargus.tables.packing import open_content
from iargus.tables.recognise import Format, recognise_binary, recognise_text
from iargus.tables.splits import of_column
from iargus.tables.table import NameColumns, Table

_HEAD_BYTES = 1 << 18


def _has_header(rows: Sequence[Sequence[Any]]) -> Sequence[str] | None:  # noqa: ARG001
    return None


def open_table(
    path: Path, options: TableOptions | None = None, *, name_columns: NameColumns = _has_header
) -> Table:
    """Open a file of rows, whatever its format.

    `name_columns` decides about tables whose columns the format does not name: whether their
    first row is a header. By default it is.

    Raises:
        DataError: it cannot be read; the message says what it is and what to do. Later, too, from
            the records, where only reading on shows that the file is broken.
    """
    options = options or TableOptions()
    content = open_content(path)
    try:
        table = _open(content, options, name_columns)
        of_column(table, options.split)
        if content.packing is not None:
            table.understood = [*table.understood, f"packed with {content.packing}"]
    except BaseException:
        content.close()
        raise
    return table


def _open(content: Content, options: TableOptions, name_columns: NameColumns) -> Table:
    head = content.head(_HEAD_BYTES)
    if not head:
        raise DataError(f"{content.path} is empty")
    binary = recognise_binary(content, head)
    if binary is Format.PARQUET:
        from iargus.tables.parquet import open_parquet

        return open_parquet(content)
    if binary is Format.WORKBOOK:
        from iargus.tables.workbook import open_workbook

        return open_workbook(content, options, name_columns)
    encoding = encoding_of(content, options.encoding)
    text = head.decode(encoding.codec, "replace")
    found = Format.DELIMITED if options.delimiter else recognise_text(content, text)
    if found is Format.JSON:
        return open_json(content, encoding, options, name_columns)
    if found is Format.JSON_LINES:
        return open_json_lines(content, encoding, name_columns)
    if found in (Format.RASA_YAML, Format.RASA_MARKDOWN):
        from iargus.tables.rasa import open_rasa

        return open_rasa(content, encoding, markdown=found is Format.RASA_MARKDOWN)
    return open_delimited(content, encoding, options, name_columns)
