"""Waits grow, and have an end; those that people were promised stay as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from iargus.auth.issuing import decisions
from iargus.backoff import Backoff
from iargus.mailing import outbox


def test_waits_double_up_to_the_longest() -> None:
    waits = [Backoff(first_s=1, maximum_s=30).after(attempts) for attempts in range(1, 8)]
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_another_factor() -> None:
    assert [Backoff(0.5, 10, factor=3).after(attempts) for attempts in (1, 2, 3, 4)] == [
        *(0.5, 1.5, 4.5),
        10,
    ]


@pytest.mark.parametrize("attempts", [100, 10_000, 2**40])
def test_no_number_of_attempts_is_too_large(attempts: int) -> None:
    assert Backoff(first_s=60, maximum_s=3600).after(attempts) == 3600


def test_a_mail_waits_from_five_minutes_to_half_a_day() -> None:
    waits = [outbox.BACKOFF.delay(attempts) for attempts in (1, 2, 8, 9, 1000)]
    assert waits == [
        *(timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=640)),
        *(timedelta(hours=12), timedelta(hours=12)),
    ]


def test_a_mail_with_a_link_waits_from_half_a_minute_to_ten_minutes() -> None:
    waits = [decisions.BACKOFF.delay(attempts) for attempts in (1, 2, 5, 6, 1000)]
    assert waits == [
        *(timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=8)),
        *(timedelta(minutes=10), timedelta(minutes=10)),
    ]
