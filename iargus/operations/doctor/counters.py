"""Redis, where one is named: without it limits hold for each host by itself."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.errors import CountersUnavailable
from iargus.operations.doctor.finding import Finding, ok, warning
from iargus.ratelimit.factory import check_redis
from iargus.settings import Settings

# A connection that is made for this alone takes longer than a request may wait.
TIMEOUT_S = 2.0


def examine_redis(settings: Settings, *, timeout_s: float = TIMEOUT_S) -> Iterator[Finding]:
    """Whether it counts; nothing where it is not named."""
    url = settings.environment.redis_url
    if url is None:
        return
    try:
        check_redis(url, timeout_s=timeout_s)
    except CountersUnavailable as error:
        yield warning(
            "Redis",
            f"it does not count, so limits hold for each host by itself: {error}",
            "check REDIS_URL, the server, and that the account may run scripts",
        )
    else:
        yield ok("Redis", "counts requests over all hosts")
