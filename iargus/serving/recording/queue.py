"""The predictions that wait to be written: in order, bounded in number and in bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

from iargus.serving.recording.store import Recorded

# A statement must stay below `max_allowed_packet`, 16 MiB on MariaDB by default; what a client
# wrote may take twice its bytes in it.
MAX_BATCH_BYTES = 4 * 2**20


class Waiting:
    """A queue with one thread that adds and one that takes: neither waits for the other."""

    def __init__(self, *, rows: int, max_bytes: int) -> None:
        self.capacity_rows = rows
        self._max_bytes = max_bytes
        self._queue: deque[Recorded] = deque()
        # Each is written by one thread alone, so no lock is needed.
        self._added_bytes = 0
        self._taken_bytes = 0

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, rows: Sequence[Recorded]) -> int:
        """Add as many of the rows as there is room for, the first ones first; say how many."""
        size = _bytes(rows)
        room = self.capacity_rows - len(self._queue)
        room_bytes = self._max_bytes - self._added_bytes + self._taken_bytes
        if len(rows) > room or size > room_bytes:
            rows = _within(room_bytes, rows[: max(0, room)])
            size = _bytes(rows)
        self._added_bytes += size
        self._queue.extend(rows)
        return len(rows)

    def first(self, rows: int) -> Sequence[Recorded]:
        """The first `rows`, or fewer where they are long; they stay until they are removed."""
        # In one step: the queue may grow meanwhile, and a deque that grows cannot be walked.
        found = list(islice(self._queue, rows))
        return _within(MAX_BATCH_BYTES, found) or found[:1]

    def remove(self, rows: Sequence[Recorded]) -> None:
        """Remove the rows that `first` gave."""
        for _ in rows:
            self._queue.popleft()
        self._taken_bytes += _bytes(rows)


def _bytes(rows: Sequence[Recorded]) -> int:
    size = 0
    for row in rows:
        size += len(row.payload) + len(row.answer)
    return size


def _within(max_bytes: int, rows: Sequence[Recorded]) -> Sequence[Recorded]:
    """The first rows, as many as have room in `max_bytes`."""
    if _bytes(rows) <= max_bytes:
        return rows
    for number, row in enumerate(rows):
        max_bytes -= len(row.payload) + len(row.answer)
        if max_bytes < 0:
            return rows[:number]
    return rows
