"""The limits of a worker, as the settings have them, and a check of its Redis."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import SecretStr

from iargus.clock import Clock, seconds_of, utc_now
from iargus.errors import CountersUnavailable
from iargus.ratelimit.host import HostCounters
from iargus.ratelimit.memory import CounterMemory
from iargus.ratelimit.outcome import Decided
from iargus.ratelimit.requests import RequestLimits
from iargus.ratelimit.table import MAX_QUOTA, Limit
from iargus.settings.tokens import LimitPolicy

FILE_NAME = "counters.bin"
LIMITERS = ("token", "address", "issuance")


def open_limits(
    policy: LimitPolicy,
    folder: Path,
    *,
    redis_url: SecretStr | None = None,
    clock: Clock = utc_now,
    decided: Decided | None = None,
) -> RequestLimits:
    """Open the counters of this host in `folder`; Redis is first asked with the first request.

    All workers of a host name the same folder. Where its file cannot be made each worker counts by
    itself, and says so in the log.
    """
    limits = (
        Limit(LIMITERS[0], "requests of this token", policy.requests_per_minute, 60),
        # The table is there in any case: the layout of a file that workers share is one.
        Limit(
            LIMITERS[1],
            "requests of this client address",
            policy.address_requests_per_minute or MAX_QUOTA,
            60,
        ),
        Limit(LIMITERS[2], "new tokens for this client address", policy.tokens_per_hour, 3600),
    )
    shared = None
    if redis_url is not None:
        # Imported here: a service without Redis need not have its client in memory.
        from iargus.ratelimit.redis_counters import RedisCounters

        shared = RedisCounters(redis_url, timeout_s=policy.redis_timeout_ms / 1000)
    return RequestLimits(
        HostCounters(CounterMemory(folder / FILE_NAME, limits), seconds_of(clock)),
        limits,
        limit_addresses=policy.address_requests_per_minute is not None,
        shared=shared,
        decided=decided,
    )


def check_redis(url: SecretStr, *, timeout_s: float) -> None:
    """Count one probe in the Redis at `url`.

    Raises:
        CountersUnavailable: it does not answer within `timeout_s`, or refuses; says why.
    """
    # Imported here: without Redis its client need not be in memory.
    from iargus.ratelimit.redis_counters import RedisCounters

    async def check() -> None:
        counters = RedisCounters(url, timeout_s=timeout_s)
        try:
            await counters.check()
        finally:
            await counters.close()

    try:
        asyncio.run(check())
    except Exception as error:  # whatever it is, it is no answer
        raise CountersUnavailable(str(error) or type(error).__name__) from None
