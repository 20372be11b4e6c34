"""The states of a request for a mail, and how long a failed one pauses. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from iargus.backoff import Backoff


class State(StrEnum):
    """From WAITING by SENDING to SENT; back to WAITING when the mail server refuses."""

    WAITING = "waiting"
    SENDING = "sending"
    RESENDING = "resending"  # the worker before ended without word: perhaps a mail is out
    SENT = "sent"
    ENDED = "ended"  # no mail, and none will be tried


# The states in which a request may be due, and how many attempts have ended without word then.
LAPSES: dict[str, int] = {State.WAITING: 0, State.SENDING: 1, State.RESENDING: 2}

_BACKOFF = Backoff(first_s=30, maximum_s=600)


def backoff_after(attempts: int) -> timedelta:
    """The pause after so many attempts: 30 seconds, doubled each time, at most 10 minutes."""
    return timedelta(seconds=_BACKOFF.after(attempts))
