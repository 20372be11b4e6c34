"""The background writer of predictions: requests put them in a queue and never wait.

The queue is bounded. While the database is gone, predictions wait in it; when it is full, new
ones are dropped and counted: recording may fail, answers may not.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from itertools import islice

from iargus.background import Background
from iargus.errors import IArgusError
from iargus.predictions.store import PredictionStore, Recorded

logger = logging.getLogger(__name__)

MAX_BATCH_ROWS = 500
# How long to leave a database alone that did not answer.
RETRY_S = 0.5


class PredictionRecorder(Background):
    """A queue and one thread that writes it in batches, every `flush_interval_s`."""

    def __init__(self, store: PredictionStore, *, queue_rows: int, flush_interval_s: float) -> None:
        super().__init__("recorder")
        self._store = store
        self.queue_rows = queue_rows
        self._flush_interval_s = flush_interval_s
        self._queue: deque[Recorded] = deque()
        self._failing = False
        self.recorded_rows = 0
        self.dropped_rows = 0
        self.write_failures = 0

    def record(self, predictions: Sequence[Recorded]) -> None:
        """Queue the predictions of one answer, as many as there is room for; never waits and never
        raises."""
        room = self.queue_rows - len(self._queue)
        if room >= len(predictions):
            self._queue.extend(predictions)
            return
        if self.dropped_rows == 0:
            logger.error("the queue of predictions is full; new ones are not recorded")
        self._queue.extend(predictions[: max(0, room)])
        self.dropped_rows += len(predictions) - max(0, room)

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
            batch = list(islice(self._queue, MAX_BATCH_ROWS))
            try:
                self._store.add(batch)
            except IArgusError as error:
                self.write_failures += 1
                if not self._failing:
                    logger.error("predictions cannot be recorded, they wait: %s", error)
                self._failing = True
                return False
            except Exception:
                # A row that the database will never take must not block all others.
                logger.exception("%d predictions could not be recorded", len(batch))
                self.write_failures += 1
                self.dropped_rows += len(batch)
            else:
                self.recorded_rows += len(batch)
                if self._failing:
                    logger.info(
                        "predictions can be recorded again; %d were dropped", self.dropped_rows
                    )
                self._failing = False
            for _ in batch:
                self._queue.popleft()
        return True
