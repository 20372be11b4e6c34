"""The clock that is passed in wherever time matters, so that tests can hold it still."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, as an aware UTC time; databases hold the same time without its zone."""
    return datetime.now(UTC)


def to_naive_utc(timestamp: datetime) -> datetime:
    """Give `timestamp` as databases hold it: UTC, no zone, whole seconds (MySQL's DATETIME)."""
    utc = timestamp if timestamp.tzinfo is UTC else timestamp.astimezone(UTC)
    return utc.replace(tzinfo=None, microsecond=0)


def seconds_of(clock: Clock) -> Callable[[], float]:
    """The same clock in seconds since 1970, without an object for the time where that is spared."""
    return time.time if clock is utc_now else lambda: clock().timestamp()
