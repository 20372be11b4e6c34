"""Files that are packed: gzip, bzip2, xz, Zstandard, and zip with one table inside."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from iargus.errors import DataError
from iargus.tables.content import Content, Unpack


def _gzip(raw: BinaryIO) -> Any:
    return gzip.GzipFile(fileobj=raw)


def _zstandard(raw: BinaryIO) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")


ZIP = b"PK\3\4"
_PACKINGS: dict[bytes, tuple[str, Unpack]] = {
    b"\x1f\x8b": ("gzip", _gzip),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\xfd7zXZ\0": ("xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("Zstandard", _zstandard),
}
_ENDINGS = {".gz", ".bz2", ".xz", ".zst", ".zip"}
# What archivers of one desktop add beside the file that was meant.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def open_content(path: Path) -> Content:
    """The bytes of `path`, unpacked.

    Raises:
        DataError: there is no such file, it may not be read, is empty, or holds several files.
    """
    try:
        if path.is_dir():
            raise DataError(f"{path} is a directory, not a file")
        size = path.stat().st_size
        if not path.is_file():
            raise DataError(f"{path} is no regular file: save what it gives in one first")
        with path.open("rb") as file:
            start = file.read(8)
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if size == 0:
        raise DataError(f"{path} is empty")
    inner = path.name[: -len(path.suffix)] if path.suffix.lower() in _ENDINGS else path.name
    for magic, (packing, unpack) in _PACKINGS.items():
        if start.startswith(magic):
            return _checked(Content(path, size, name=inner, packing=packing, unpack=unpack))
    if start.startswith(b"PK\5\6"):
        raise DataError(f"{path} is an empty zip archive")
    if start.startswith(ZIP):
        return _zipped(path, size)
    return Content(path, size, name=path.name)


def _checked(content: Content) -> Content:
    try:
        head = content.head(512)
        if not head:
            raise DataError(f"{content.path} is empty when it is unpacked")
        is_workbook = content.name.lower().endswith((".xlsx", ".xlsm"))
        is_zip = content.packing == "zip" and head.startswith(ZIP) and not is_workbook
        if is_zip or head.startswith(tuple(_PACKINGS)):
            raise DataError(f"{content.path} is packed twice: unpack it once")
    except BaseException:
        content.close()
        raise
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
    member = files[0].filename
    if files[0].flag_bits & 1:
        raise DataError(f"{path} is a zip archive with a password: unpack it first")

    def unpack(raw: BinaryIO) -> Any:
        return zipfile.ZipFile(raw).open(member)

    name = PurePosixPath(member).name
    return _checked(Content(path, size, name=name, packing="zip", unpack=unpack))
