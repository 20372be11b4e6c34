"""Limits of people hold exactly, however many ask at once: on SQLite and on MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from iargus.auth.issuing.composition import Issuing
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.tokens.store import SqlTokenStore
from iargus.errors import IArgusError, PersonNotAllowed, RateLimited, TokensAtLimit
from iargus.storage.database import Database
from tests.auth.issued import issued_tokens
from tests.auth.issuing.conftest import ADA, issuing_with, on_both_databases
from tests.auth.tokens.conftest import StillClock

LISTED: dict[str, Any] = {"mode": "allow-list", "allow": ["example.com"]}
Build = Callable[..., Issuing]


@pytest.fixture
def build(database: Database, ring: KeyRing, clock: StillClock) -> Build:
    def built(**changed: Any) -> Issuing:
        return issuing_with(database, ring, clock, **LISTED, **changed)

    return built


def all_at_once(calls: int, ask: Callable[[int], object]) -> list[object]:
    """What each call gave or raised; none begins before all are ready."""
    ready = Barrier(calls)

    def one(number: int) -> object:
        ready.wait(timeout=30)
        try:
            return ask(number)
        except IArgusError as error:
            return type(error)

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(one, range(calls)))


@on_both_databases
@pytest.mark.parametrize("held", [0, 4])
def test_asking_at_once_gives_no_token_more(build: Build, database: Database, held: int) -> None:
    issuer = build().issuer
    for _ in range(held):
        issuer.ask(ADA, invitation=None)

    def ask_as(email: str) -> object:
        return issuer.ask(replace(ADA, email=email), invitation=None)

    got = all_at_once(
        8,
        lambda number: ask_as(f"ada+{number}@example.com"),
    )

    assert got.count(TokensAtLimit) == 8 - (5 - held)
    assert len(issued_tokens(database)) == 5


def test_a_revoked_or_expired_token_makes_room(
    build: Build, database: Database, clock: StillClock
) -> None:
    issuer = build(max_live_tokens=1).issuer
    issuer.ask(ADA, invitation=None)
    with pytest.raises(TokensAtLimit, match="1 tokens"):
        issuer.ask(ADA, invitation=None)
    store = SqlTokenStore(database)
    store.revoke(issued_tokens(database)[0].jti, clock.now.replace(tzinfo=None))
    issuer.ask(ADA, invitation=None)
    clock.pass_by(days=180)
    issuer.ask(ADA, invitation=None)
    assert len(issued_tokens(database)) == 3


def test_tokens_of_a_day_are_limited_though_they_are_revoked(
    build: Build, database: Database, clock: StillClock
) -> None:
    issuer, store = build(tokens_per_day=2).issuer, SqlTokenStore(database)
    for _ in range(2):
        issuer.ask(ADA, invitation=None)
        store.revoke(issued_tokens(database)[0].jti, clock.now.replace(tzinfo=None))
        clock.pass_by(hours=1)
    with pytest.raises(RateLimited) as caught:
        issuer.ask(ADA, invitation=None)
    assert caught.value.retry_after_s == 22 * 3600
    clock.pass_by(seconds=22 * 3600)
    issuer.ask(ADA, invitation=None)


@on_both_databases
@pytest.mark.parametrize(
    "other",
    ["bob@example.com", "ad_@example.com", "a%@example.com"],
)
def test_other_people_have_an_allowance_of_their_own(build: Build, other: str) -> None:
    issuer = build(max_live_tokens=1).issuer
    issuer.ask(ADA, invitation=None)
    issuer.ask(replace(ADA, email=other), invitation=None)
    with pytest.raises(TokensAtLimit):
        issuer.ask(ADA, invitation=None)


def test_whoever_is_not_on_the_list_gets_none(build: Build, database: Database) -> None:
    with pytest.raises(PersonNotAllowed):
        build().issuer.ask(replace(ADA, email="ada@example.org"), invitation=None)
    assert issued_tokens(database) == []
