"""Whether a mail is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from iargus.auth.issuing.addresses import Address, AllowList, for_envelope, mailbox_of, person_of
from iargus.auth.issuing.decisions import BACKOFF, Facts, Verdict, decide
from iargus.settings.tokens import IssuingPolicy

GOOD = Facts(
    email="ada@example.com",
    is_expired=False,
    lapses=0,
    mails_to_person=2,
    mails_to_all=199,
    live_tokens=4,
)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, Verdict.SEND),
        ({"is_expired": True}, Verdict.EXPIRED),
        ({"lapses": 1}, Verdict.SEND),
        ({"lapses": 2}, Verdict.UNCERTAIN),
        ({"email": "ada@example.org"}, Verdict.NOT_ALLOWED),
        ({"mails_to_person": 3}, Verdict.PERSON_MAILS),
        ({"mails_to_all": 200}, Verdict.TOTAL_MAILS),
        ({"live_tokens": 5}, Verdict.TOKENS),
    ],
    ids=str,
)
def test_each_limit_alone_stops_a_mail(changed: dict[str, int | str], verdict: Verdict) -> None:
    allowed = AllowList(["example.com"])
    assert decide(replace(GOOD, **changed), IssuingPolicy(), allowed) is verdict  # type: ignore[arg-type]


def test_without_a_list_everybody_is_allowed() -> None:
    assert decide(replace(GOOD, email="x@example.org"), IssuingPolicy(), None) is Verdict.SEND


def test_all_addresses_of_a_mailbox_are_one_person() -> None:
    same = {
        person_of(email) for email in ("ada@example.com", "ADA@example.com", "ada+x+y@example.com")
    }
    assert len(same) == 1
    others = ("ada@example.org", "adax@example.com", "+ada@example.com", "+@example.com")
    assert len({person_of(email) for email in others} | same) == 5
    assert mailbox_of("+ada@example.com") == ("+ada", "example.com")


def test_an_envelope_has_the_domain_in_ascii_and_the_local_part_as_typed() -> None:
    assert for_envelope("Ada@bücher.example.com") == "Ada@xn--bcher-kva.example.com"
    assert for_envelope("ädа@bücher.example.com") == "ädа@xn--bcher-kva.example.com"


def test_an_address_that_is_not_plausible_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="@-sign"):
        Address.parse("nobody")


def test_pauses_grow_and_stop_growing() -> None:
    seconds = [BACKOFF.delay(attempts).total_seconds() for attempts in (1, 2, 3, 5, 6, 10_000)]
    assert seconds == [30, 60, 120, 480, 600, 600]
    assert BACKOFF.delay(1) == timedelta(seconds=30)
