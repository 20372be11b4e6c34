"""What the workers of one gunicorn know of each other, so that somebody always listens.

gunicorn tells the old workers to end at the moment at which it forks the new ones, which take a
while to start: without this, whoever connects meanwhile waits in a queue that is not endless.
"""

from __future__ import annotations

import mmap
import struct

_LAYOUT = struct.Struct("QQ")


class WorkerGenerations:
    """Memory that is shared with every process forked after it was made. Ages are gunicorn's: each
    worker is one older in number than the one that was forked before it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)

    def forked(self, age: int) -> None:
        """A worker of this age is about to be."""
        _, ready = self._read()
        self._write(age, ready)

    def ready(self, age: int) -> None:
        """A worker of this age accepts connections."""
        forked, ready = self._read()
        self._write(forked, max(age, ready))

    def is_succeeded(self, age: int, workers: int) -> bool:
        """Whether a whole set of `workers` was forked after this one, which is what a reload does,
        and none of that set is ready."""
        forked, ready = self._read()
        newest_before = forked - workers
        return age <= newest_before and ready <= newest_before

    def _read(self) -> tuple[int, int]:
        forked, ready = _LAYOUT.unpack(self._memory)
        return forked, ready

    def _write(self, forked: int, ready: int) -> None:
        self._memory[:] = _LAYOUT.pack(forked, ready)
