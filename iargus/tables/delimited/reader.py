"""Tables in text with delimiters: CSV and its relatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePath

from iargus.errors import DataError
from iargus.tables.content import Content
from iargus.tables.delimited.clean import CleanText
from iargus.tables.delimited.dialect import SHOWN, dialect_of
from iargus.tables.delimited.records import Dialect, split_records
from iargus.tables.encoding import Encoding
from iargus.tables.lines import TextLines
from iargus.tables.table import FIRST_ROWS, NameColumns, Record, Table, TableOptions, check_title

_OTHERS = {";": "';'", "\t": "a tab ('\\t')", "|": "'|'", ",": "','", ":": "':'"}


def open_delimited(
    content: Content, encoding: Encoding, options: TableOptions, name_columns: NameColumns
) -> Table:
    """
    Raises:
        DataError: it cannot be read as a table.
    """
    lines = TextLines(content, encoding.codec)
    named_tsv = PurePath(content.name).suffix.lower() in (".tsv", ".tab")
    dialect = dialect_of(lines, options.delimiter, named_tsv=named_tsv)

    def read_all() -> Iterator[Record]:
        lines = TextLines(content, encoding.codec)
        return split_records(lines, dialect, faults=lines.faults)

    first = list(islice(read_all(), FIRST_ROWS))
    if not first:
        raise DataError(f"{content.path} holds no rows, only blank lines")
    if first[0].problem is not None:
        raise DataError(f"{content.path}, line {first[0].position}: {first[0].problem}")
    header = [name.strip() for name in first[0].values]
    _check_first(content, header, first, dialect, asked=options.delimiter)
    rows = [header, *(record.values for record in first[1:] if record.problem is None)]
    given = name_columns(rows)

    def read() -> Iterator[Record]:
        records = read_all()
        if given is None:
            next(records, None)
        return records

    def clean_text() -> CleanText:
        lines = TextLines(content, encoding.codec)
        return CleanText(lines, dialect, len(header), header=given is None)

    delimiter = dialect.delimiter
    named = SHOWN.get(delimiter or "", repr(delimiter))
    understood = [f"columns separated by {named}" if delimiter else "one column"]
    if encoding.shown:
        understood.append(encoding.shown)
    if given is not None:
        understood.append("without a header")
    return Table(
        content,
        "TSV" if delimiter == "\t" else "CSV" if delimiter != "    " else "text",
        list(header if given is None else given),
        read,
        has_header=given is None,
        understood=understood,
        clean_text=clean_text,
    )


def _check_first(
    content: Content,
    header: Sequence[str],
    first: Sequence[Record],
    dialect: Dialect,
    *,
    asked: str | None,
) -> None:
    widths = [len(record.values) for record in first[1:50]]
    usual = max(set(widths), key=widths.count) if widths else len(header)
    if len(header) == 1 and usual == 1 and dialect.delimiter is None:
        alone = header[0]
        for other, words in _OTHERS.items():
            if other in alone and all(other in str(record.values[0]) for record in first):
                raise DataError(
                    f"{content.path} has one column only, but its lines hold {words}: if that "
                    "separates the columns, say so with --delimiter"
                )
    elif asked is None:
        check_title(content, "line", first[0].position, len(header), widths)
