"""The background writer of predictions: requests put them in a queue and never wait.

The queue is bounded. While the database is gone, predictions wait in it; when it is full, new
ones are dropped and counted: recording may fail, answers may not.

What the database refuses for what it is, and not because it is away, is halved until the row is
found that it does not take: that one is dropped, and no other with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from iargus.background import Background
from iargus.errors import IArgusError
from iargus.serving.recording.queue import Waiting
from iargus.serving.recording.store import PredictionStore, Recorded

logger = logging.getLogger(__name__)

MAX_BATCH_ROWS = 500
# How long to leave a database alone that did not answer.
RETRY_S = 0.5


class PredictionRecorder(Background):
    """A queue and one thread that writes it in batches, every `flush_interval_s`."""

    def __init__(
        self,
        store: PredictionStore,
        *,
        queue_rows: int,
        queue_bytes: int,
        flush_interval_s: float,
    ) -> None:
        super().__init__("recorder")
        self._store = store
        self._queue = Waiting(rows=queue_rows, max_bytes=queue_bytes)
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
