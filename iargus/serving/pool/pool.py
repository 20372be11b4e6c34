"""A few processes with the same estimator, a queue before them that has an end, and nothing left
behind when nobody needs them any more."""

from __future__ import annotations

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from iargus.backoff import Backoff
from iargus.errors import IArgusError, ModelBusy
from iargus.serving.pool.process import EstimatorProcess, ProcessGone
from iargus.settings.serving import UncompiledPolicy
from iargus.tasks.base import Input, Payload, ReadRoute, Task

logger = logging.getLogger(__name__)

_LOAD_TIMEOUT_S = 120.0
_RESTARTS = Backoff(first_s=1, maximum_s=30)
_ATTEMPTS = 2  # a prediction changes nothing, so a second one does no harm


class EstimatorPool:
    """A `Predictor` whose estimator answers in other processes. They end with the last reference to
    it, so that a request that began before a swap still has its model."""

    in_process = False

    def __init__(self, task: Task, path: Path, sha256: str, policy: UncompiledPolicy) -> None:
        """Start all processes; each has answered the task's example when this returns.

        Raises:
            ArtefactRejected: the file is not what it should be.
            OSError: no process can be started.
        """
        self._timeout_s = policy.timeout_s
        self._room = threading.BoundedSemaphore(policy.processes + policy.queue)
        self._free: queue.SimpleQueue[EstimatorProcess] = queue.SimpleQueue()
        crew = _ProcessGroup(
            lambda: EstimatorProcess(task, path, sha256, timeout_s=_LOAD_TIMEOUT_S)
        )
        self._crew = crew
        weakref.finalize(self, crew.end)
        for _ in range(policy.processes):
            self._free.put(crew.start())

    @property
    def pids(self) -> list[int]:
        """The processes that there are now."""
        return self._crew.pids()

    def predict(self, inputs: Sequence[Input]) -> list[Payload]:
        """See `Predictor.predict`.

        Raises:
            ModelBusy: all processes are busy and the queue is full, or none answered in time.
            ModelFailed: the estimator has raised an error.
        """
        found: list[Payload] = self._ask(None, inputs)
        return found

    def read(self, route: ReadRoute, value: Input) -> Payload:
        """See `Predictor.read`. Raises what `predict` does."""
        found: Payload = self._ask(route, [value])
        return found

    def is_fast(self, inputs: Sequence[Input]) -> bool:  # noqa: ARG002
        """See `Predictor.is_fast`."""
        return False

    def _ask(self, route: ReadRoute | None, inputs: Sequence[Input]) -> Any:
        if not self._room.acquire(blocking=False):
            raise ModelBusy("the processes of the model are busy, and its queue is full")
        try:
            deadline_s = time.monotonic() + self._timeout_s
            for _ in range(_ATTEMPTS):
                process = self._take(deadline_s)
                try:
                    found = process.ask(
                        route, inputs, timeout_s=max(0.0, deadline_s - time.monotonic())
                    )
                except ProcessGone as error:
                    logger.error("process %d of the model %s", process.pid, error)
                    self._crew.replace(process, self._free)
                    continue
                except BaseException:
                    self._free.put(process)
                    raise
                self._free.put(process)
                return found
            raise ModelBusy("the processes of the model have ended while they answered")
        finally:
            self._room.release()

    def _take(self, deadline_s: float) -> EstimatorProcess:
        try:
            return self._free.get(timeout=max(0.0, deadline_s - time.monotonic()))
        except queue.Empty:
            raise ModelBusy(f"the model did not answer within {self._timeout_s:.1f} s") from None


class _ProcessGroup:
    """All processes of a pool. It knows nothing of the pool, which may so be forgotten."""

    def __init__(self, make: Callable[[], EstimatorProcess]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._processes: list[EstimatorProcess] = []
        self._ended = threading.Event()

    def pids(self) -> list[int]:
        with self._lock:
            return [process.pid for process in self._processes]

    def start(self) -> EstimatorProcess:
        process = self._make()
        with self._lock:
            self._processes.append(process)
            ended = self._ended.is_set()
        if ended:
            process.end()
        return process

    def replace(self, process: EstimatorProcess, free: queue.SimpleQueue[EstimatorProcess]) -> None:
        """Start another, in a thread of its own, until it succeeds."""
        with self._lock:
            self._processes.remove(process)
        threading.Thread(target=self._restart, args=(free,), daemon=True).start()

    def _restart(self, free: queue.SimpleQueue[EstimatorProcess]) -> None:
        attempts = 0
        while not self._ended.is_set():
            try:
                free.put(self.start())
            except (IArgusError, OSError) as error:
                logger.error("a process of the model cannot be started: %s", error)
                attempts += 1
                self._ended.wait(_RESTARTS.after(attempts))
            else:
                return

    def end(self) -> None:
        self._ended.set()
        with self._lock:
            for process in self._processes:
                process.end()
            self._processes.clear()
