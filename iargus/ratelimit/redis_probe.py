"""The circuit breaker of a server that is asked by asyncio, with its probes beside the requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from iargus.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)


class ProbedBreaker:
    """Open while `what` is not to be asked. One failure opens it; a probe beside the requests
    closes it again.

    The first probe follows at once, so that one answer that was late because this process was busy
    costs nothing more and is not worth a line in the log. Where it fails too, or the breaker was
    closed less than `interval_s` ago, that is told once, and the next follows after `interval_s`.
    """

    def __init__(
        self, what: str, probe: Callable[[], Awaitable[object]], *, interval_s: float
    ) -> None:
        self._what = what
        self._probe = probe
        self._circuit = CircuitBreaker(failures=1, retry_s=interval_s, probe_at_once=True)
        self._task: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        return self._circuit.is_open

    def trip(self, error: BaseException) -> None:
        """Open it, because of `error`."""
        if not self._circuit.is_open:
            self._circuit.fail()
            self._task = asyncio.get_running_loop().create_task(self._probe_until_closed(error))

    async def stop(self) -> None:
        """End the probing; it stays as it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _probe_until_closed(self, error: BaseException) -> None:
        told = False
        while True:
            wait_s = self._circuit.seconds_to_probe()
            if wait_s > 0:
                if not told:
                    reason = str(error) or type(error).__name__
                    logger.error(
                        "%s does not answer: each host counts by itself (%s)", self._what, reason
                    )
                    told = True
                await asyncio.sleep(wait_s)
            found = await self._failure()
            if found is None:
                break
            error = found
            self._circuit.fail()
        if told:
            logger.warning("%s answers again: all hosts count together", self._what)
        self._circuit.succeed()

    async def _failure(self) -> BaseException | None:
        try:
            await self._probe()
        except Exception as error:  # whatever it is, it is no answer
            return error
        return None
