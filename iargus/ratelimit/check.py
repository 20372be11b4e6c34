"""Whether Redis counts, asked once."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr

from iargus.errors import CountersUnavailable


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
