"""What becomes of a request for a token: its states, whether a mail is sent, and what is due.

None of it is decided while the request waits: the client learns neither from the answer nor from
its time whether an address is known, allowed or at its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, Select, func, select

from iargus.auth.issuing.addresses import AllowList
from iargus.auth.issuing.allowance import live_tokens
from iargus.backoff import Backoff
from iargus.settings.tokens import IssuingPolicy
from iargus.storage.schema import confirmations


class State(StrEnum):
    """From WAITING by SENDING to SENT; back to WAITING after a passing failure, and to ENDED where
    the mail server refuses the address for good."""

    WAITING = "waiting"
    SENDING = "sending"
    RESENDING = "resending"  # the worker before died: perhaps its mail was sent
    SENT = "sent"
    ENDED = "ended"  # no mail, and none will be tried


# The states in which a request may be due, and how many attempts had an unknown outcome then.
LAPSES: dict[str, int] = {State.WAITING: 0, State.SENDING: 1, State.RESENDING: 2}

# 30 seconds, doubled each time, at most 10 minutes: a link is of use for half an hour or so.
BACKOFF = Backoff(first_s=30, maximum_s=600)


class Verdict(StrEnum):
    """What becomes of a request; all but SEND end it. The values are words for the log."""

    SEND = "is sent"
    EXPIRED = "its link would have expired"
    UNCERTAIN = "the outcome of two attempts is unknown"
    NOT_ALLOWED = "the address is not among those of issuing.allow"
    PERSON_MAILS = "issuing.mails_per_hour is reached for this person"
    TOTAL_MAILS = "issuing.mails_per_hour_total is reached"
    TOKENS = "issuing.max_live_tokens is reached for this person"


@dataclass(frozen=True)
class Facts:
    """`lapses` is how many attempts have an unknown outcome, as when a worker died; the others are
    counts of the last hour, without this request, and of tokens now."""

    email: str
    is_expired: bool
    lapses: int
    mails_to_person: int
    mails_to_all: int
    live_tokens: int


def decide(facts: Facts, policy: IssuingPolicy, allowed: AllowList | None) -> Verdict:
    """The first reason against a mail, if there is any; `allowed` is None where anybody is."""
    if facts.is_expired:
        return Verdict.EXPIRED
    if facts.lapses > 1:
        return Verdict.UNCERTAIN
    if allowed is not None and not allowed.holds(facts.email):
        return Verdict.NOT_ALLOWED
    if facts.mails_to_person >= policy.mails_per_hour:
        return Verdict.PERSON_MAILS
    if facts.mails_to_all >= policy.mails_per_hour_total:
        return Verdict.TOTAL_MAILS
    if facts.live_tokens >= policy.max_live_tokens:
        return Verdict.TOKENS
    return Verdict.SEND


_HOUR = timedelta(hours=1)


def due(at: datetime) -> Select[tuple[object, ...]]:
    """The oldest request that is due at `at`."""
    return (
        select(confirmations)
        .where(confirmations.c.state.in_(list(LAPSES)), confirmations.c.next_attempt_at <= at)
        .order_by(confirmations.c.id)
        .limit(1)
    )


def facts_of(connection: Connection, row: RowMapping, at: datetime) -> Facts:
    """What is known of a request, counted within the transaction that holds the lock of mails."""
    others = (confirmations.c.mailed_at > at - _HOUR, confirmations.c.id != row["id"])
    mails = select(func.count()).select_from(confirmations).where(*others)
    to_person = mails.where(confirmations.c.person == row["person"])
    return Facts(
        email=row["email"],
        is_expired=row["expires_at"] <= at,
        lapses=LAPSES[row["state"]],
        mails_to_person=connection.execute(to_person).scalar_one(),
        mails_to_all=connection.execute(mails).scalar_one(),
        live_tokens=live_tokens(connection, row["email"], at),
    )
