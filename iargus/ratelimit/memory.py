"""Where the counters of a host lie: one file that every worker maps, and its lock."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import mmap
import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

from iargus.ratelimit.table import SLOTS_OF_A_BUCKET, WORDS_OF_A_SLOT, CounterTable, Limit

logger = logging.getLogger(__name__)

SLOTS = 65_536

_WORD = 8
# The first words: what the file is, then the secret of its digests.
_HEADER_WORDS = 8
_SECRET = slice(_WORD, 5 * _WORD)
_LAYOUT = 1


class CounterMemory:
    """The tables of some limits, in a file that other processes share.

    Where the file cannot be made, because the disk is full or read-only, the tables lie in the
    memory of this process alone: `file` is None then, and the log says so once.

    Taken with `with`, it is locked for this thread against all others and all processes. The
    operating system lets go of the lock when a process dies, also by SIGKILL.
    """

    def __init__(self, path: Path, limits: Sequence[Limit], *, slots: int = SLOTS) -> None:
        names = ",".join(f"{limit.name}/{limit.window_s}" for limit in limits)
        layout = hashlib.blake2b(f"{_LAYOUT}:{slots}:{names}".encode(), digest_size=_WORD).digest()
        table_words = slots * WORDS_OF_A_SLOT
        size = (_HEADER_WORDS + len(limits) * table_words) * _WORD
        self.thread_lock = threading.Lock()
        # None where the memory is this process's own.
        self.file: int | None = None
        try:
            self.file = _allocated(path, size)
            self._map = mmap.mmap(self.file, size)
        except OSError as error:
            if self.file is not None:
                os.close(self.file)
                self.file = None
            logger.error(
                "rate limits hold for each worker by itself: %s cannot be made (%s)",
                path,
                error.strerror or error,
            )
            self._map = mmap.mmap(-1, size)
        self._words = memoryview(self._map).cast("Q")
        with self:
            self._begin(layout)
        self._secret = bytes(self._map[_SECRET])
        self.tables = [
            CounterTable(
                self._words, _HEADER_WORDS + number * table_words, slots // SLOTS_OF_A_BUCKET, limit
            )
            for number, limit in enumerate(limits)
        ]

    def digest(self, key: str) -> bytes:
        """16 bytes that stand for a key. Outsiders cannot know which keys share a bucket."""
        return hashlib.blake2b(key.encode(), digest_size=16, key=self._secret).digest()

    def __enter__(self) -> None:
        # Both locks: flock belongs to the open file, which all threads of a process share.
        self.thread_lock.acquire()
        if self.file is not None:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX)
            except BaseException:
                self.thread_lock.release()
                raise

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        self.thread_lock.release()

    def close(self) -> None:
        """Let go of the file; the counts stay in it."""
        self._words.release()
        self._map.close()
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _begin(self, layout: bytes) -> None:
        """Empty a file that is new, of another layout, or was left half begun."""
        if self._map[:_WORD] != layout:
            self._map[:_WORD] = bytes(_WORD)
            self._map[_WORD:] = bytes(len(self._map) - _WORD)
            self._map[_SECRET] = secrets.token_bytes(_SECRET.stop - _SECRET.start)
            # Last: only with it is the rest believed.
            self._map[:_WORD] = layout


def _allocated(path: Path, size: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Twice does no harm. Allocated, not only sized: a full disk is an error here, and not
        # a SIGBUS at the first write to a page that has no block.
        os.posix_fallocate(file, 0, size)
    except BaseException:
        os.close(file)
        raise
    return file
