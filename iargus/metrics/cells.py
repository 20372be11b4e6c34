"""The numbers of one process, in a file that is mapped into its memory; in the host's byte order.

    8 bytes  magic
    8 bytes  how many bytes are used; grows only after what it covers is written
    records: 4 bytes length of the key, 4 bytes how many numbers
             the key, JSON: [family, label, label, …], padded to 8 bytes
             the numbers, 8 bytes each

Each number lies on a multiple of 8 and is read and written as a whole by the processor, so that a
reader in another process needs no lock.
"""

from __future__ import annotations

import fcntl
import json
import logging
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

MAGIC = b"iargus\x001"
HEADER_BYTES = 16
USED = 1  # the header's second number
_RECORD = struct.Struct("=II")

Key = tuple[str, ...]


def record(key: Key, width: int) -> bytes:
    """The bytes of a new series of `width` numbers, all 0."""
    text = json.dumps(key).encode()
    padding = -len(text) % 8
    return _RECORD.pack(len(text), width) + text + bytes(padding + 8 * width)


def series(memory: memoryview) -> Iterator[tuple[Key, list[float]]]:
    """Every series of a file.

    Raises:
        ValueError: it is no such file, or a damaged one.
    """
    if len(memory) < HEADER_BYTES or len(memory) % 8 or bytes(memory[:8]) != MAGIC:
        raise ValueError("not a file of numbers")
    numbers = memory.cast("d")
    used = memory.cast("Q")[USED]
    offset = HEADER_BYTES
    try:
        if used > len(memory):
            raise ValueError("more is used than there is")
        while offset < used:
            length, width = _RECORD.unpack_from(memory, offset)
            text_at = offset + _RECORD.size
            first = (text_at + length + 7) // 8
            offset = 8 * (first + width)
            if offset > used:
                raise ValueError("a record beyond the end")
            key = json.loads(bytes(memory[text_at : text_at + length]))
            yield tuple(key), list(numbers[first : first + width])
    finally:
        numbers.release()


# About 1,500 series; labels are bounded, so that a worker has some 200.
SIZE_BYTES = 1 << 18
SUFFIX = ".cells"
UNFINISHED = ".new"
# At the end: where series are counted that found no room, and nobody reads.
_WASTE = 64


class Cells:
    """`values` holds all numbers; whatever changes one holds `lock`, for threads add as well."""

    def __init__(self, memory: mmap.mmap, descriptor: int | None = None) -> None:
        self._memory = memory
        self._descriptor = descriptor
        self._full = False
        self._view = memoryview(memory)
        self._integers = self._view.cast("Q")
        self.values = self._view.cast("d")
        self.lock = threading.Lock()
        self._view[:8] = MAGIC
        self._integers[USED] = HEADER_BYTES

    @classmethod
    def in_memory(cls) -> Cells:
        """Numbers that nobody else sees."""
        return cls(mmap.mmap(-1, SIZE_BYTES))

    @classmethod
    def create(cls, folder: Path, process: str) -> Cells:
        """A new file `<process>-<pid>-<time>.cells` in `folder`.

        It is locked for as long as this process lives: the kernel lets go when it dies, however
        it dies, and so others know. It gets its name once it is locked.

        Raises:
            OSError: the folder cannot be written to, or its disk is full.
        """
        folder.mkdir(parents=True, exist_ok=True)
        # The time makes the name unique: process numbers are used again.
        name = f"{process}-{os.getpid()}-{time.time_ns()}"
        unfinished = folder / (name + UNFINISHED)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Allocated, not only sized: a full disk is an error here, and not a SIGBUS at the
            # first write to a page that has no block.
            os.posix_fallocate(descriptor, 0, SIZE_BYTES)
            cells = cls(mmap.mmap(descriptor, SIZE_BYTES), descriptor)
            unfinished.rename(folder / (name + SUFFIX))
        except OSError:
            os.close(descriptor)
            unfinished.unlink(missing_ok=True)
            raise
        return cells

    def append(self, key: Key, width: int) -> int:
        """Begin a series of `width` numbers; give the place of the first in `values`."""
        new = record(key, width)
        with self.lock:
            start = self._integers[USED]
            end = start + len(new)
            if end > SIZE_BYTES - 8 * _WASTE:
                if not self._full:
                    logger.error("there is no room for more metrics: %s is not counted", key)
                self._full = True
                return len(self.values) - width
            self._view[start:end] = new
            # Last: readers see the record from now on.
            self._integers[USED] = end
        return end // 8 - width

    def close(self) -> None:
        """Let go of the file, which stays for others to read."""
        for view in (self.values, self._integers, self._view):
            view.release()
        self._memory.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
