"""The clock that is passed in wherever time matters, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, as an aware UTC time; databases hold the same time without its zone."""
    return datetime.now(UTC)


def to_naive_utc(moment: datetime) -> datetime:
    """Give `moment` as databases hold it: UTC, no zone, whole seconds (MySQL's DATETIME)."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
