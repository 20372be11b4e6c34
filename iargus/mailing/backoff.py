"""How long a mail waits for its next attempt. Pure."""

from __future__ import annotations

from datetime import timedelta

from iargus.backoff import Backoff

# Less than a day: a job that is started every day, a little earlier or later, tries every day.
_BACKOFF = Backoff(first_s=5 * 60, maximum_s=12 * 3600)


def backoff_after(attempts: int) -> timedelta:
    """The pause after so many failed attempts: 5 minutes, doubled each time, at most 12 hours."""
    return timedelta(seconds=_BACKOFF.after(attempts))
