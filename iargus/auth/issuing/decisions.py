"""Whether a mail with a link is sent to somebody who asked for it. Pure.

Nothing of this is decided while the request waits: whoever asks learns neither from the answer nor
from its time whether an address is known, allowed or at its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iargus.auth.issuing.allow_list import AllowList
from iargus.settings.issuing import IssuingPolicy


class Verdict(StrEnum):
    """What becomes of a request; all but SEND end it. The values are words for the log."""

    SEND = "is sent"
    EXPIRED = "its link would have expired"
    UNCERTAIN = "two attempts ended without word of their outcome"
    NOT_ALLOWED = "the address is not among those of issuing.allow"
    PERSON_MAILS = "issuing.mails_per_hour is reached for this person"
    TOTAL_MAILS = "issuing.mails_per_hour_total is reached"
    TOKENS = "issuing.max_live_tokens is reached for this person"


@dataclass(frozen=True)
class Facts:
    """`lapses` is how many attempts ended without word, as when a worker was killed; the others are
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
