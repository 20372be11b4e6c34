"""How long a mail waits for its next attempt. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(minutes=5)
# Less than a day: a job that is started every day, a little earlier or later, tries every day.
LONGEST = timedelta(hours=12)


def backoff_after(attempts: int) -> timedelta:
    """The pause after so many failed attempts: 5 minutes, doubled each time, at most 12 hours."""
    doublings = min(attempts - 1, 10)  # more would only make a number too large for a timedelta
    return min(FIRST * 2.0**doublings, LONGEST)
