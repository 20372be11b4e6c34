"""Rows of CSV and TSV files, in a stream, with the exact number of each line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import TextIO

from iargus.errors import DataError
from iargus.training.importers.records import (
    FileOptions,
    Record,
    RecordFile,
    check_encoding,
    check_file,
    encoding_error,
)

# Some files of sentences have this between sentence and label.
BLANKS = "    "
OTHER_DELIMITERS = {";": "';'", "\t": "a tab ('\\t')", "|": "'|'", ",": "','"}

# Says whether the first row names columns; where it does not, gives names for them instead.
NameColumns = Callable[[Sequence[str]], Sequence[str] | None]
Line = tuple[int, list[str]]


def read_table(path: Path, options: FileOptions, *, name_columns: NameColumns) -> RecordFile:
    """Open a table. `name_columns` sees the first row and gives the names of the columns where
    that row is data already, or None where it is the header.

    Raises:
        DataError: the file cannot be read as a table; also later, from `records`.
    """
    size = check_file(path)
    encoding = check_encoding(options.encoding)
    binary = path.open("rb")
    try:
        file = TextIOWrapper(binary, encoding=encoding, newline="")
        delimiter = options.delimiter or ("\t" if path.suffix.lower() == ".tsv" else ",")
        lines = _lines(path, file, encoding, delimiter)
        names, rows = _named(path, lines, options, delimiter, name_columns)
    except BaseException:
        binary.close()
        raise

    def bytes_read() -> int:
        return size if binary.closed else binary.tell()

    return RecordFile(names, "line", size, _records(rows, names), bytes_read, binary.close)


def _named(
    path: Path,
    lines: Iterator[Line],
    options: FileOptions,
    delimiter: str,
    name_columns: NameColumns,
) -> tuple[Sequence[str], Iterator[Line]]:
    """The names of the columns, and the lines that hold rows."""
    first = next(lines, None)
    if first is None:
        raise DataError(f"{path} holds no rows, only blank lines")
    header = [name.strip() for name in first[1]]
    if len(header) == 1 and options.delimiter is None:
        _suggest_delimiter(path, header[0], delimiter)
    names = name_columns(header)
    if names is not None:
        return names, chain([first], lines)
    _check_names(path, header)
    return header, lines


def _records(rows: Iterator[Line], names: Sequence[str]) -> Iterator[Record]:
    width = len(names)
    for number, cells in rows:
        if len(cells) == width:
            yield Record(number, cells)
        else:
            problem = f"the row has {len(cells)} fields instead of {width}"
            yield Record(number, cells, problem)


def _lines(path: Path, file: TextIO, encoding: str, delimiter: str) -> Iterator[Line]:
    try:
        with file:
            if delimiter == "\t":
                yield from _tab_lines(file)
            else:
                yield from _csv_lines(path, file, delimiter)
    except UnicodeError as error:
        raise encoding_error(path, encoding, error) from None


def _csv_lines(path: Path, file: TextIO, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    # A record may go over several lines; the first of them is the one to look at.
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {start}: {error}; is a quotation mark missing, or is it another "
            "format than CSV?"
        ) from None


def _tab_lines(file: TextIO) -> Iterator[Line]:
    # No CSV: in sentences a quotation mark is a character like any other.
    for number, text in enumerate(file, start=1):
        line = text.rstrip("\r\n")
        if not line.strip():
            continue
        if "\t" in line:
            yield number, [_unquoted(cell) for cell in line.split("\t")]
        elif BLANKS in line:
            yield number, line.rsplit(BLANKS, 1)
        else:
            yield number, [line]


def _unquoted(cell: str) -> str:
    """Some programs write tables with tabs as CSV: quoted, with quotation marks doubled."""
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    inner = cell[1:-1]
    whole = inner.replace('""', "")
    return cell if '"' in whole else inner.replace('""', '"')


def _suggest_delimiter(path: Path, line: str, delimiter: str) -> None:
    for other, words in OTHER_DELIMITERS.items():
        if other != delimiter and other in line:
            raise DataError(
                f"{path} has one column only, but its first line holds {words}: if that separates "
                "the columns, say so with --delimiter"
            )


def _check_names(path: Path, header: Sequence[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    if twice:
        raise DataError(f"{path} has two columns called {twice[0]!r}")
