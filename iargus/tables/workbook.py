"""Workbooks (XLSX): one sheet, row by row."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from iargus.errors import DataError
from iargus.tables.content import FREE_BYTES, MAX_GROWTH, Content
from iargus.tables.table import FIRST_ROWS, NameColumns, Record, Table, TableOptions, check_title

MAX_UNPACKED_BYTES = 1 << 30
MAX_COLUMNS = 2_000
_PROLOGUE_BYTES = 1 << 16
# What a formula that went wrong leaves in its cell.
_ERRORS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"})


def open_workbook(content: Content, options: TableOptions, name_columns: NameColumns) -> Table:
    """
    Raises:
        DataError: it is broken, has no such sheet, or is not clear about which is meant.
    """
    try:
        _check_parts(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise DataError(f"{content.path} is a workbook that is broken: {error}") from None
    with _opened(content) as book:
        sheets = [sheet.title for sheet in book.worksheets]
        title = _sheet(content, sheets, options.sheet, _filled(book))
        first = list(islice(_rows(book, title), FIRST_ROWS))
    if not first:
        raise DataError(f"{content.path}: the sheet {title!r} holds no rows")
    header = ["" if value is None else str(value).strip() for value in first[0][1]]
    width = len(header)
    check_title(content, "row", first[0][0], width, [len(values) for _, values in first[1:50]])
    given = name_columns([_padded(values, width) for _, values in first])
    total = max(content.size, 1)

    def read() -> Iterator[Record]:
        with _opened(content) as book:
            rows = _rows(book, title)
            if given is None:
                next(rows, None)
            for count, (number, values) in enumerate(rows):
                if count % 1_000 == 0:  # how many rows there are is not known before the end
                    content.advance(min(0.99, count * 40 / total))
                cells = _padded(values, width)
                problem = None
                if len(cells) != width:
                    problem = f"the row has {len(cells)} fields instead of {width}"
                yield Record(number, cells, problem)
        content.finish()

    understood = [f"sheet {title!r}", *(["without a header"] if given is not None else [])]
    return Table(
        content,
        "workbook (XLSX)",
        list(header if given is None else given),
        read,
        unit="row",
        has_header=given is None,
        understood=understood,
    )


def _check_parts(content: Content) -> None:
    """
    Raises:
        DataError: the workbook grows without measure, or declares entities.
    """
    with zipfile.ZipFile(content.as_file()) as archive:
        entries = archive.infolist()
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(_PROLOGUE_BYTES):
                        raise DataError(
                            f"{content.path} is a workbook that declares entities "
                            f"({entry.filename}), which no spreadsheet program does: save the "
                            "sheet as CSV"
                        )
    whole = sum(entry.file_size for entry in entries)
    grows = any(
        entry.file_size > max(FREE_BYTES, entry.compress_size * MAX_GROWTH) for entry in entries
    )
    if whole > MAX_UNPACKED_BYTES or grows:
        raise DataError(
            f"{content.path} is a workbook of {whole >> 20:,} MiB when it is unpacked: "
            "save the sheet as CSV, which is read in parts"
        )


@contextmanager
def _opened(content: Content) -> Iterator[Any]:
    import openpyxl

    book = None
    # Not its path: openpyxl goes by the ending of a name.
    file = content.as_file().open("rb")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not matter here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield book
    except DataError:
        raise
    # openpyxl lets through whatever its parts run into: KeyError, TypeError, ParseError...
    except Exception as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0][:200]
        raise DataError(
            f"{content.path} is a workbook that cannot be read ({reason}): save the sheet as CSV"
        ) from None
    finally:
        if book is not None:
            book.close()
        file.close()


def _filled(book: Any) -> list[str]:
    return [
        sheet.title
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" and next(_rows(book, sheet.title), None) is not None
    ]


def _sheet(content: Content, sheets: Sequence[str], asked: str | None, filled: list[str]) -> str:
    if asked is not None:
        if asked in sheets:
            return asked
        if asked.isdecimal() and 1 <= int(asked) <= len(sheets):
            return sheets[int(asked) - 1]
        raise DataError(f"{content.path} has no sheet {asked!r}; it has {', '.join(sheets)}")
    if not filled:
        raise DataError(f"{content.path} holds no rows in any sheet")
    if len(filled) > 1:
        raise DataError(
            f"{content.path} is a workbook of several sheets ({', '.join(filled[:10])}): "
            f"say which with --sheet, such as --sheet {filled[0]!r}"
        )
    return filled[0]


def _rows(book: Any, title: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, without the empty cells behind the last value."""
    sheet = book[title]
    sheet.reset_dimensions()  # what programs write down as the size is often wrong
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        values = [_value(cell) for cell in cells[:MAX_COLUMNS]]
        while values and values[-1] is None:
            values.pop()
        if values:
            yield number, values


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return None if cell in _ERRORS or not cell.strip() else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)  # 2014.0 as a year
    return cell


def _padded(values: Sequence[Any], width: int) -> list[Any]:
    return [*values, *[None] * (width - len(values))]
