"""Requests for mails: one worker at a time, at most twice after a crash, and forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from iargus.auth.issuing.codes import link_text
from iargus.auth.issuing.decisions import Verdict, decide
from iargus.auth.issuing.links import Links
from iargus.auth.issuing.queue import Claimed, ConfirmationQueue
from iargus.auth.tokens.record import Holder
from iargus.clock import to_naive_utc
from iargus.settings.tokens import IssuingPolicy
from iargus.storage.database import Database
from iargus.storage.schema import confirmation_links, confirmations
from tests.auth.issuing.conftest import ADA, on_both_databases
from tests.auth.issuing.test_limited import all_at_once
from tests.auth.tokens.conftest import StillClock

LEASE = timedelta(minutes=5)
Claim = Callable[[], Claimed | None]


@pytest.fixture
def queue(database: Database) -> ConfirmationQueue:
    return ConfirmationQueue(database)


@pytest.fixture
def claim(queue: ConfirmationQueue, clock: StillClock) -> Claim:
    rule = partial(decide, policy=IssuingPolicy(mails_per_hour_total=6), allowed=None)
    return lambda: queue.claim(to_naive_utc(clock()), lease=LEASE, decide=rule)


def add(queue: ConfirmationQueue, clock: StillClock, holder: Holder = ADA) -> None:
    now = to_naive_utc(clock())
    queue.add(holder, at=now, expires_at=now + timedelta(minutes=30))


def must(claimed: Claimed | None) -> Claimed:
    assert claimed is not None
    return claimed


@on_both_databases
def test_one_worker_takes_a_request(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    add(queue, clock)

    taken = [each for each in all_at_once(6, lambda _: claim()) if each is not None]

    assert len(taken) == 1
    assert claim() is None


def test_a_mail_that_was_sent_is_not_sent_again(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    add(queue, clock)
    queue.mark_sent(must(claim()))
    clock.pass_by(minutes=20)
    assert claim() is None


@on_both_databases
def test_after_crashes_it_is_taken_twice_and_both_links_work(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock, database: Database
) -> None:
    add(queue, clock)
    first = must(claim())
    clock.pass_by(minutes=4, seconds=59)
    assert claim() is None
    clock.pass_by(seconds=1)
    second = must(claim())
    clock.pass_by(minutes=5)
    third = must(claim())

    assert (third.verdict, third.link) == (Verdict.UNCERTAIN, None)
    assert claim() is None
    assert first.link is not None
    assert second.link is not None
    for link in (first.link, second.link):
        found = Links(database).find(link_text(link), to_naive_utc(clock()))
        assert found.holder == ADA


def test_a_refused_mail_is_tried_until_the_link_has_expired(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    add(queue, clock)
    attempts, waited_s = 0, 0
    while (claimed := claim()) is None or claimed.verdict is Verdict.SEND:
        if claimed is not None:
            attempts += 1
            queue.mark_failed(claimed, to_naive_utc(clock()))
        clock.pass_by(seconds=10)
        waited_s += 10
    assert claimed.verdict is Verdict.EXPIRED
    assert attempts == 7
    assert waited_s >= 30 * 60
    assert claim() is None


def test_a_late_failure_leaves_the_request_to_the_worker_that_took_it_over(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    add(queue, clock)
    slow = must(claim())
    clock.pass_by(minutes=5)
    must(claim())
    queue.mark_failed(slow, to_naive_utc(clock()))
    clock.pass_by(minutes=1)
    assert claim() is None


@on_both_databases
def test_mails_to_a_person_and_to_all_are_counted_exactly(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    for number in range(5):
        add(queue, clock, replace(ADA, email=f"ada+{number}@example.com"))
    for number in range(5):
        add(queue, clock, replace(ADA, email=f"person{number}@example.com"))

    taken = [each for each in all_at_once(10, lambda _: claim()) if isinstance(each, Claimed)]

    verdicts = [each.verdict for each in taken]
    assert verdicts.count(Verdict.SEND) == 6
    assert verdicts.count(Verdict.PERSON_MAILS) == 2
    assert verdicts.count(Verdict.TOTAL_MAILS) == 2
    clock.pass_by(hours=1)
    while claim() is not None:
        pass
    add(queue, clock)
    assert must(claim()).verdict is Verdict.SEND


def test_a_mail_counts_for_an_hour(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock
) -> None:
    for _ in range(3):
        add(queue, clock)
        queue.mark_sent(must(claim()))
    clock.pass_by(minutes=59, seconds=59)
    add(queue, clock)
    assert must(claim()).verdict is Verdict.PERSON_MAILS
    clock.pass_by(seconds=1)
    add(queue, clock)
    assert must(claim()).verdict is Verdict.SEND


@on_both_databases
def test_no_link_and_no_request_stays_longer_than_a_day(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock, database: Database
) -> None:
    def rows() -> list[int]:
        with database.transaction() as connection:
            return [
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (confirmations, confirmation_links)
            ]

    add(queue, clock)
    queue.mark_sent(must(claim()))
    clock.pass_by(days=1, minutes=30)
    queue.forget(to_naive_utc(clock()))
    assert rows() == [1, 1]
    clock.pass_by(seconds=1)
    queue.forget(to_naive_utc(clock()))
    assert rows() == [0, 0]


def test_the_database_knows_no_link(
    queue: ConfirmationQueue, claim: Claim, clock: StillClock, database: Database
) -> None:
    add(queue, clock)
    link = must(claim()).link
    assert link is not None
    with database.transaction() as connection:
        (row,) = connection.execute(select(confirmation_links)).mappings()
    assert (row["selector"], row["digest"]) == (link.key, link.digest)
    assert link.secret not in str(dict(row))
