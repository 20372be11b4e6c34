"""Files that are packed: gzip, bzip2, xz, Zstandard, and zip with one table inside."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from iargus.errors import DataError
from iargus.tables.content import Content, Unpack

GZIP, BZIP2, XZ, ZSTANDARD, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\3\4"
_ENDINGS = {".gz", ".bz2", ".xz", ".zst", ".zip"}
# What archivers of one desktop add beside the file that was meant.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def open_content(path: Path) -> Content:
    """The bytes of `path`, unpacked.

    Raises:
        DataError: there is no such file, it may not be read, is empty, or holds several files.
    """
    size = _size_of(path)
    with path.open("rb") as file:
        start = file.read(8)
    name = path.name
    inner = name[: -len(path.suffix)] if path.suffix.lower() in _ENDINGS else name
    ways: list[tuple[bytes, str, Unpack]] = [
        (GZIP, "gzip", _gzip),
        (BZIP2, "bzip2", bz2.BZ2File),
        (XZ, "xz", lzma.LZMAFile),
        (ZSTANDARD, "Zstandard", _zstandard),
    ]
    for magic, packing, unpack in ways:
        if start.startswith(magic):
            return _checked(Content(path, size, name=inner, packing=packing, unpack=unpack))
    if start.startswith(b"PK\5\6"):
        raise DataError(f"{path} is an empty zip archive")
    if start.startswith(ZIP):
        return _zipped(path, size)
    return Content(path, size, name=name)


def _size_of(path: Path) -> int:
    try:
        if path.is_dir():
            raise DataError(f"{path} is a directory, not a file")
        size = path.stat().st_size
        if not path.is_file():
            raise DataError(f"{path} is no regular file: save what it gives in one first")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if size == 0:
        raise DataError(f"{path} is empty")
    return size


def _checked(content: Content) -> Content:
    try:
        return _looked_at(content)
    except BaseException:
        content.close()
        raise


def _looked_at(content: Content) -> Content:
    head = content.head(512)
    if not head:
        raise DataError(f"{content.path} is empty when it is unpacked")
    if head.startswith((GZIP, BZIP2, XZ, ZSTANDARD)):
        raise DataError(f"{content.path} is packed twice: unpack it once")
    return content


def _zipped(path: Path, size: int) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path} is a zip archive that is broken: {error}") from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names or "mimetype" in names:
        return Content(path, size, name=path.name)  # a document; `recognise` says which
    files = [
        entry
        for entry in entries
        if not entry.is_dir() and not any(part in entry.filename for part in _LITTER)
    ]
    if len(files) != 1:
        held = ", ".join(entry.filename[:40] for entry in files[:5]) or "nothing"
        more = f" and {len(files) - 5} more" if len(files) > 5 else ""
        raise DataError(
            f"{path} is a zip archive of {len(files)} files ({held}{more}): "
            "unpack it and give the one that is meant"
        )
    entry = files[0]
    if entry.flag_bits & 1:
        raise DataError(f"{path} is a zip archive with a password: unpack it first")
    unpack = _member(entry.filename)
    inner = PurePosixPath(entry.filename).name
    return _checked_zip(Content(path, size, name=inner, packing="zip", unpack=unpack))


def _checked_zip(content: Content) -> Content:
    checked = _checked(content)
    if checked.head(4).startswith(ZIP) and not checked.name.lower().endswith((".xlsx", ".xlsm")):
        checked.close()
        raise DataError(f"{content.path} is packed twice: unpack it once")
    return checked


def _member(name: str) -> Callable[[BinaryIO], IO[bytes]]:
    return lambda raw: zipfile.ZipFile(raw).open(name)


def _gzip(raw: BinaryIO) -> Any:
    return gzip.GzipFile(fileobj=raw)


def _zstandard(raw: BinaryIO) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")
