"""The bytes of a file, unpacked where it is packed, again and again from the start."""

from __future__ import annotations

import io
import lzma
import os
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from iargus.errors import DataError

HEAD_BYTES = 1 << 18

MAX_GROWTH = 200
"""Tables get 5 to 50 times smaller; a file that grows more than this was made to fill a disk."""
FREE_BYTES = 64 << 20  # what may grow as it likes
MAX_COPY_BYTES = 2 << 30  # of a packed Parquet file or workbook, which needs a copy on disk

_PACKING_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,  # a password, or a way of packing that zipfile does not know
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)

Unpack = Callable[[BinaryIO], IO[bytes]]


class Content:
    """A file's bytes; `name` is that of the unpacked file, `packing` says how it is packed."""

    def __init__(
        self,
        path: Path,
        size: int,
        *,
        name: str,
        packing: str | None = None,
        unpack: Unpack | None = None,
    ) -> None:
        self.path, self.size, self.name, self.packing = path, size, name, packing
        self._unpack = unpack
        self._raw: BinaryIO | None = None
        self._open: list[IO[bytes]] = []
        self._copy: Path | None = None
        self._done = 0

    def open(self) -> BinaryIO:
        """The unpacked bytes from the start.

        Raises:
            DataError: the file cannot be opened.
        """
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise DataError(f"{self.path} cannot be read: {error.strerror}") from None
        self._raw = raw
        self._open = [file for file in self._open if not file.closed] + [raw]
        if self._unpack is None:
            return raw
        try:
            inner = self._unpack(raw)
        except _PACKING_ERRORS as error:
            raw.close()
            raise DataError(f"{self.path} is packed and broken: {error}") from None
        file = io.BufferedReader(_Bounded(self.path, inner, raw, self.size), 1 << 16)
        self._open.append(file)
        return file

    def head(self, count: int = HEAD_BYTES) -> bytes:
        """The first unpacked bytes."""
        with self.open() as file:
            return file.read(count)

    def as_file(self) -> Path:
        """A file of the unpacked bytes, for formats that are not read from front to back."""
        if self._unpack is None:
            return self.path
        if self._copy is None:
            handle, name = tempfile.mkstemp(prefix="iargus-", suffix=Path(self.name).suffix)
            self._copy = Path(name)
            weakref.finalize(self, self._copy.unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as copy, self.open() as file:
                while block := file.read(1 << 20):
                    copy.write(block)
                    if copy.tell() > MAX_COPY_BYTES:
                        raise DataError(
                            f"{self.path} holds more than 2 GiB: unpack it and give the file inside"
                        )
        return self._copy

    def bytes_read(self) -> int:
        if self._raw is not None and not self._raw.closed:
            self._done = self._raw.tell()
        return min(self.size, self._done)

    def advance(self, share: float) -> None:
        """Say how far it is where the file is not read from front to back."""
        self._raw = None
        self._done = int(self.size * share)

    def finish(self) -> None:
        """Say that it was read to its end."""
        self.advance(1.0)

    def close(self) -> None:
        for file in reversed(self._open):
            file.close()
        self._open.clear()
        if self._copy is not None:
            self._copy.unlink(missing_ok=True)
            self._copy = None


class _Bounded(io.RawIOBase):
    """Unpacked bytes that may not become far more than the packed ones."""

    def __init__(self, path: Path, inner: IO[bytes], raw: BinaryIO, packed: int) -> None:
        self._path, self._inner, self._raw = path, inner, raw
        self._left = max(FREE_BYTES, packed * MAX_GROWTH)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            block = self._inner.read(len(view))
        except _PACKING_ERRORS as error:
            raise DataError(f"{self._path} is packed and broken: {error}") from None
        self._left -= len(block)
        if self._left < 0:
            raise DataError(
                f"{self._path} grows to more than {MAX_GROWTH} times its size when it is unpacked: "
                "unpack it and look at it first"
            )
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._inner.close()
        self._raw.close()
        super().close()
