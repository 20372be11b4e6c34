"""A bounded wait for a server that may not answer.

A driver's own timeouts are whole seconds, and a server that is frozen or cut off uses them up.
So work is done in a few threads, its lanes, and the caller waits for a part of a second. Work that
was given up may still be done, so it must be harmless. After `failures` in a row the circuit is
open: one request in `retry_s` probes the server and all others fail at once. A single late answer,
of a machine that was busy, is one 503 and no more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from iargus.circuit_breaker import CircuitBreaker
from iargus.errors import CircuitOpen, DatabaseUnavailable

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class DeadlineRunner(Protocol):
    """Runs `work` and gives its result, or raises `DatabaseUnavailable` in its place."""

    def __call__(self, work: Callable[[], Result]) -> Result: ...


def unbounded(work: Callable[[], Result]) -> Result:
    """Run the work here, for as long as it takes."""
    return work()


class ThreadedDeadlineRunner:
    """At most `timeout_s` for each piece of work, and never more than `lanes` threads; behind a
    circuit breaker."""

    def __init__(
        self,
        name: str,
        *,
        timeout_s: float,
        lanes: int,
        retry_s: float = 0.5,
        failures: int = 3,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._circuit = CircuitBreaker(failures=failures, retry_s=retry_s, monotonic_s=monotonic_s)
        self._lanes = ThreadPoolExecutor(lanes, thread_name_prefix=f"{name}-lane")

    def __call__(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a lane.

        Raises:
            DatabaseUnavailable: it took longer than `timeout_s`, the server is known to be away,
                or the work itself raised it.
        """
        if not self._circuit.admit():
            raise CircuitOpen(f"{self._name} did not answer recently")
        future = self._lanes.submit(work)
        wait([future], timeout=self._timeout_s)
        # What waits for a lane is taken back; what runs goes on, and nobody hears of it.
        if future.cancel() or not future.done():
            raise self._failed(f"{self._name} did not answer in {self._timeout_s:g} s")
        error = future.exception()
        if isinstance(error, DatabaseUnavailable):
            raise self._failed(str(error)) from error
        if self._circuit.succeed():
            logger.info("%s answers again", self._name)
        return future.result()

    def close(self) -> None:
        """Take no more work; what runs ends with the timeouts of its driver."""
        self._lanes.shutdown(wait=False, cancel_futures=True)

    def _failed(self, reason: str) -> DatabaseUnavailable:
        if self._circuit.fail():
            logger.error("requests that need %s are answered with 503: %s", self._name, reason)
        return CircuitOpen(reason) if self._circuit.is_open else DatabaseUnavailable(reason)
