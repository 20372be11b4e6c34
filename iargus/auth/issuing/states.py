"""The states of a request for a mail, and how long a failed one pauses. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """From WAITING by SENDING to SENT; back to WAITING when the mail server refuses."""

    WAITING = "waiting"
    SENDING = "sending"
    RESENDING = "resending"  # the worker before ended without word: perhaps a mail is out
    SENT = "sent"
    ENDED = "ended"  # no mail, and none will be tried


# The states in which a request may be due, and how many attempts have ended without word then.
LAPSES: dict[str, int] = {State.WAITING: 0, State.SENDING: 1, State.RESENDING: 2}

_FIRST = timedelta(seconds=30)
_LONGEST = timedelta(minutes=10)


def backoff_after(attempts: int) -> timedelta:
    """The pause after so many attempts: 30 seconds, doubled each time, at most 10 minutes."""
    return min(_FIRST * 2.0 ** min(attempts - 1, 10), _LONGEST)
