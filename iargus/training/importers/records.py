"""Records of a file, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iargus.errors import DataError


@dataclass(frozen=True)
class FileOptions:
    """How to read a file; `delimiter` None: a comma, or a tab where the name ends in .tsv."""

    encoding: str = "utf-8-sig"
    delimiter: str | None = None


@dataclass(slots=True)
class Record:
    """One row: its values in the order of `RecordFile.names`, as they are in the file.
    `problem` says why it is no row at all, such as a field too many."""

    position: int
    values: Sequence[Any]
    problem: str | None = None


@dataclass(frozen=True)
class RecordFile:
    """An open file: the names of its columns, its records in order, how far it was read.

    `unit` is what `Record.position` counts: `line`, or `item` of a JSON list, both from 1.
    """

    names: Sequence[str]
    unit: str
    size_bytes: int
    records: Iterator[Record]
    bytes_read: Callable[[], int]
    close: Callable[[], None] = lambda: None


def check_file(path: Path) -> int:
    """The size of a file in bytes.

    Raises:
        DataError: there is no such file, it is none, is empty, or may not be read.
    """
    try:
        if path.is_dir():
            raise DataError(f"{path} is a directory, not a file")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if size == 0:
        raise DataError(f"{path} is empty")
    return size


def check_encoding(encoding: str) -> str:
    """Give `encoding` back; UTF-8 also with a byte order mark.

    Raises:
        DataError: Python does not know it.
    """
    try:
        "".encode(encoding)
    except LookupError:
        raise DataError(f"no encoding is called {encoding!r}; try utf-8, cp1252, utf-16") from None
    return "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding


def encoding_error(path: Path, encoding: str, error: UnicodeError) -> DataError:
    """Names the byte at which the file stops being what it should be."""
    name = "UTF-8" if encoding == "utf-8-sig" else encoding
    offset = _offset_of_bad_byte(path, encoding)
    where = f" (byte {offset})" if offset is not None else f" ({error})"
    return DataError(
        f"{path} is not {name}{where}; say what it is with --encoding, such as --encoding cp1252"
    )


def _offset_of_bad_byte(path: Path, encoding: str) -> int | None:
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as file:
        while True:
            block = file.read(1 << 20)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return offset - pending + error.start
            except UnicodeError:
                return None
            offset += len(block)
            if not block:
                return None
