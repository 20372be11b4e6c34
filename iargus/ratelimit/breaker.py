"""A circuit breaker: nobody waits twice for a server that does not answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class Breaker:
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
        self._interval_s = interval_s
        self._closed_at_s = -interval_s
        self._task: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        return self._task is not None

    def trip(self, error: BaseException) -> None:
        """Open it, because of `error`."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._probe_until_closed(error))

    async def stop(self) -> None:
        """End the probing; it stays as it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _probe_until_closed(self, error: BaseException | None) -> None:
        is_logged = False
        if time.monotonic() - self._closed_at_s >= self._interval_s:
            error = await self._failure()
        while error is not None:
            if not is_logged:
                reason = str(error) or type(error).__name__
                logger.error(
                    "%s does not answer: each host counts by itself (%s)", self._what, reason
                )
                is_logged = True
            await asyncio.sleep(self._interval_s)
            error = await self._failure()
        if is_logged:
            logger.warning("%s answers again: all hosts count together", self._what)
        self._closed_at_s = time.monotonic()
        self._task = None

    async def _failure(self) -> BaseException | None:
        try:
            await self._probe()
        except Exception as error:  # whatever it is, it is no answer
            return error
        return None
