"""Counters that all hosts share, in Redis, through the library `limits`; with a circuit breaker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from limits.aio.storage import RedisStorage
from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from iargus.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)


class ProbedBreaker:
    """Open while `what` is not to be asked. One failure opens it; a probe beside the requests
    closes it again.

    The first probe follows at once, so that one answer that was late because this process was busy
    costs nothing more and is not worth a line in the log. Where it fails too, or the breaker was
    closed less than `interval_s` ago, that is logged once, and the next follows after `interval_s`.
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
        logged = False
        while True:
            wait_s = self._circuit.seconds_to_probe()
            if wait_s > 0:
                if not logged:
                    reason = str(error) or type(error).__name__
                    logger.error(
                        "%s does not answer: each host counts by itself (%s)", self._what, reason
                    )
                    logged = True
                await asyncio.sleep(wait_s)
            found = await self._failure()
            if found is None:
                break
            error = found
            self._circuit.fail()
        if logged:
            logger.warning("%s answers again: all hosts count together", self._what)
        self._circuit.succeed()

    async def _failure(self) -> BaseException | None:
        try:
            await self._probe()
        except Exception as error:  # whatever it is, it is no answer
            return error
        return None


# Requests of one key share a round trip: connections are as many as keys are asked for at once.
MAX_CONNECTIONS = 32
PROBE_INTERVAL_S = 1.0
_PREFIX = "iargus"
_PROBE_KEY, _PROBE_EXPIRY_S = "probe", 60


class RedisCounters:
    """Numbers the requests of a key over all hosts; of one event loop.

    While a key's number is under way, further requests for it wait and are then counted by one
    command together, so that a busy token costs Redis and this process no more than one at a time.
    """

    def __init__(
        self, url: SecretStr, *, timeout_s: float, probe_interval_s: float = PROBE_INTERVAL_S
    ) -> None:
        self._timeout_s = timeout_s
        self._pool = BlockingConnectionPool.from_url(
            url.get_secret_value(),
            max_connections=MAX_CONNECTIONS,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            # A retry is a second wait; the breaker asks again, beside the requests.
            retry=Retry(NoBackoff(), 0),
        )
        # The pool knows where; the address here only says which client to use.
        self._storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type] # handed on as it is
        )
        self._waiting: dict[str, list[asyncio.Future[int]]] = {}
        self._trips: set[asyncio.Task[None]] = set()
        self._breaker = ProbedBreaker("Redis", self._probe, interval_s=probe_interval_s)

    async def number(self, key: str, *, expiry_s: int) -> int | None:
        """Count one request of `key`, and give how many that makes; None where Redis does not
        answer within the time-out, and at once while it is known not to."""
        if self._breaker.open:
            return None
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if key in self._waiting:
            self._waiting[key].append(future)
        else:
            self._waiting[key] = [future]
            trip = asyncio.create_task(self._carry(key, expiry_s))
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await future
        except Exception as error:  # no request may fail because of Redis
            self._breaker.trip(error)
            return None

    async def check(self) -> None:
        """Count once, as requests do, and raise what prevents it."""
        await self._probe()

    async def close(self) -> None:
        """End what is under way, and the connections."""
        await self._breaker.stop()
        for trip in self._trips:
            trip.cancel()
        await asyncio.gather(*self._trips, return_exceptions=True)
        await self._pool.disconnect()

    async def _carry(self, key: str, expiry_s: int) -> None:
        try:
            while batch := [future for future in self._waiting[key] if not future.done()]:
                self._waiting[key] = []
                try:
                    last = await self._incr(key, expiry_s, len(batch))
                except Exception as error:  # passed on to all who wait for it
                    for future in batch:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for number, future in enumerate(batch, last - len(batch) + 1):
                        if not future.done():
                            future.set_result(number)
        finally:
            for future in self._waiting.pop(key):
                future.cancel()

    async def _probe(self) -> None:
        # As requests do: a server that answers a ping may still refuse to write.
        await self._incr(_PROBE_KEY, _PROBE_EXPIRY_S, 1)

    async def _incr(self, key: str, expiry_s: int, amount: int) -> int:
        async with asyncio.timeout(self._timeout_s):
            return await self._storage.incr(key, expiry_s, amount)
