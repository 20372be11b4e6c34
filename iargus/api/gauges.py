"""Copies what the parts of a worker know of themselves into the metrics, once a second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.background import Background
from iargus.errors import ModelNotLoaded
from iargus.metrics import Metrics, families
from iargus.serving.loaded_models import LoadedModels
from iargus.serving.recording.recorder import PredictionRecorder

logger = logging.getLogger(__name__)


class GaugeRefresher(Background):
    """The thread that keeps gauges fresh.

    Ages are stored as the timestamp that they are counted from: should this thread ever hang, they
    grow instead of stopping at a value that looks healthy.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        tasks: Iterable[str],
        champions: LoadedModels,
        recorder: PredictionRecorder,
        revocations: RevocationSnapshot,
        not_ready: Callable[[], Collection[str]],
        interval_s: float = 1.0,
    ) -> None:
        super().__init__("gauges")
        self._metrics = metrics
        self._tasks = list(tasks)
        self._champions = champions
        self._recorder = recorder
        self._revocations = revocations
        self._not_ready = not_ready
        self._interval_s = interval_s
        self._started_s = time.time()
        self._served: dict[str, str] = {}

    def run(self) -> None:
        """Refresh at every interval, and once more when stopped."""
        self._metrics.compact_files()
        while True:
            last = self.stopped.is_set()
            try:
                self.refresh()
            except Exception:
                # Requests are counted all the same.
                logger.exception("refreshing the metrics failed")
            if last:
                return
            self.stopped.wait(self._interval_s)

    def refresh(self) -> None:
        """Copy everything once."""
        metrics, recorder = self._metrics, self._recorder
        metrics.set(families.WORKERS, value=1)
        metrics.set(families.STARTED, metrics.worker, value=self._started_s)
        metrics.set(families.WORKERS_READY, value=not self._not_ready())
        age_s = self._revocations.age_s
        read_s = self._started_s if age_s is None else time.time() - age_s
        metrics.set(families.REVOCATIONS_AGE, value=read_s)
        metrics.set(families.QUEUE_ROWS, value=recorder.waiting_rows)
        metrics.set(families.QUEUE_CAPACITY, value=recorder.queue_rows)
        metrics.set(families.RECORDED, value=recorder.recorded_rows)
        metrics.set(families.DROPPED, value=recorder.dropped_rows)
        metrics.set(families.WRITE_FAILURES, value=recorder.write_failures)
        for task in self._tasks:
            with suppress(ModelNotLoaded):
                self._model(task)

    def _model(self, task: str) -> None:
        champions, metrics = self._champions, self._metrics
        version = champions.get(task).version
        before = self._served.get(task)
        if before is not None and before != version:
            metrics.set(families.MODEL, task, before, metrics.worker, value=0)
        self._served[task] = version
        metrics.set(families.MODEL, task, version, metrics.worker, value=1)
        placed_at_s = champions.placed_at_s(task, version)
        if placed_at_s is not None:
            metrics.set(families.MODEL_AGE, task, value=placed_at_s)
