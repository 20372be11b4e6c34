"""Opens a file of whatever format as a table, or says what it is and why it is not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.delimited.reader import open_delimited
from iargus.tables.encoding import encoding_of
from iargus.tables.json_files import open_json, open_json_lines
from iargus.tables.packing import open_content
from iargus.tables.recognise import Format, recognise_binary, recognise_text
from iargus.tables.table import NameColumns, Record, Table, TableOptions, chosen_splits

_MOST_SPLITS = 20
_SPLIT_COLUMNS = ("split", "partition", "subset", "set")


def open_table(
    path: Path,
    options: TableOptions | None = None,
    *,
    name_columns: NameColumns = lambda _rows: None,
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
        if options.split is not None and not table.has_splits:
            _keep_splits(table, options.split)
        if content.packing is not None:
            table.understood = [*table.understood, f"packed with {content.packing}"]
    except BaseException:
        content.close()
        raise
    return table


def _open(content: Content, options: TableOptions, name_columns: NameColumns) -> Table:
    head = content.head()
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


def _keep_splits(table: Table, asked: str) -> None:
    """Keep only the rows that are asked for, where a column says to which split they belong.

    Raises:
        DataError: there is no such column, or no such split in it.
    """
    place = next((i for i, name in enumerate(table.names) if name.lower() in _SPLIT_COLUMNS), None)
    splits: dict[str, None] = {}
    if place is not None:
        for record in table.read():
            if record.problem is None:
                splits[str(record.values[place])] = None
                if len(splits) == _MOST_SPLITS:
                    break
    names = chosen_splits(table.path, asked, list(splits))
    read = table.read

    def of_splits() -> Iterator[Record]:
        return (r for r in read() if r.problem is not None or str(r.values[place or 0]) in names)

    table.read = of_splits
    table.understood = [*table.understood, f"split {', '.join(names)}"]
