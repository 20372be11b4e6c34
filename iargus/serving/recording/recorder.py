"""The background writer of predictions: requests put them in a queue and never wait.

The queue is bounded. While the database is gone, predictions wait in it; when it is full, new
ones are dropped and counted: recording may fail, answers may not.

What the database refuses for what it is, and not because it is away, is halved until the row is
found that it does not take: that one is dropped, and no other with it.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from itertools import islice

from iargus.background import Background
from iargus.errors import IArgusError
from iargus.serving.recording.store import Recorded, SqlPredictionStore

logger = logging.getLogger(__name__)

# A statement must stay below `max_allowed_packet`, 16 MiB on MariaDB by default; what a client
# wrote may take twice its bytes in it.
MAX_BATCH_BYTES = 4 * 2**20
MAX_BATCH_ROWS = 500
# How long to leave a database alone that did not answer.
RETRY_S = 0.5


class _Queue:
    """The predictions that wait to be written: in order, bounded in number and in bytes. One thread
    adds and one takes, and neither waits for the other."""

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


class PredictionRecorder(Background):
    """A queue and one thread that writes it in batches, every `flush_interval_s`."""

    def __init__(
        self,
        store: SqlPredictionStore,
        *,
        queue_rows: int,
        queue_bytes: int,
        flush_interval_s: float,
    ) -> None:
        super().__init__("recorder")
        self._store = store
        self._queue = _Queue(rows=queue_rows, max_bytes=queue_bytes)
        self._flush_interval_s = flush_interval_s
        self._batch_rows = MAX_BATCH_ROWS
        self._failing = False
        self.recorded_rows = 0
        self.dropped_rows = 0
        self.write_failures = 0

    def record(self, predictions: Sequence[Recorded]) -> None:
        """Queue the predictions of one answer, as many as there is room for; never waits and never
        raises."""
        added = self._queue.add(predictions)
        if added < len(predictions):
            if self.dropped_rows == 0:
                logger.error("the queue of predictions is full; new ones are not recorded")
            self.dropped_rows += len(predictions) - added

    @property
    def queue_rows(self) -> int:
        """How many predictions may wait."""
        return self._queue.capacity_rows

    @property
    def waiting_rows(self) -> int:
        return len(self._queue)

    def stop(self, *, timeout_s: float | None = 5.0) -> None:
        """Write what waits, for at most `timeout_s`, and end the thread."""
        super().stop(timeout_s=timeout_s)
        if self._queue:
            logger.error("%d predictions could not be recorded before the stop", len(self._queue))
            self.dropped_rows += len(self._queue)

    def run(self) -> None:
        """Write what waits at every interval, and once more when stopped."""
        while not self.stopped.is_set():
            self.stopped.wait(self._flush_interval_s)
            began_s = time.monotonic()
            if not self._flush():
                # The database is gone: do not hammer it. Where it was silent, time has passed.
                self.stopped.wait(max(0.0, began_s + RETRY_S - time.monotonic()))
        self._flush()

    def _flush(self) -> bool:
        deadline_s = time.monotonic() + 30.0
        while self._queue and time.monotonic() < deadline_s:
            batch = self._queue.first(self._batch_rows)
            try:
                self._store.add(batch)
            except IArgusError as error:
                self.write_failures += 1
                if not self._failing:
                    logger.error("predictions cannot be recorded, they wait: %s", error)
                self._failing = True
                return False
            except Exception:
                self.write_failures += 1
                self._batch_rows = len(batch) // 2
                if self._batch_rows:
                    continue
                logger.exception("prediction %s could not be recorded", batch[0].prediction_id)
                self._batch_rows = 1
                self.dropped_rows += 1
            else:
                self.recorded_rows += len(batch)
                self._batch_rows = min(MAX_BATCH_ROWS, 2 * self._batch_rows)
                if self._failing:
                    logger.info(
                        "predictions can be recorded again; %d were dropped", self.dropped_rows
                    )
                self._failing = False
            self._queue.remove(batch)
        return True


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
