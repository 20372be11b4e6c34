"""From when on a row is of the future. Without pandas, as the doctor asks too."""

from __future__ import annotations

from datetime import datetime, timedelta

from iargus.clock import to_naive_utc

CLOCKS_DIFFER = timedelta(days=1)


def future_from(now: datetime) -> datetime:
    """As databases hold times; clocks may differ by a day."""
    return to_naive_utc(now) + CLOCKS_DIFFER
