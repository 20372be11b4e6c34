"""Invitations: one answer for everything that is wrong, and no use too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from iargus.auth.issuing.codes import Code, invitation_text, new_invitation
from iargus.auth.issuing.invitations import Invitations, use_invitation
from iargus.auth.issuing.issuer import Issuer
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.tokens.record import Grant, Holder
from iargus.clock import to_naive_utc
from iargus.errors import InvitationInvalid, TokensAtLimit
from iargus.storage.database import Database
from iargus.storage.schema import invitations
from tests.auth.issued import issued_tokens
from tests.auth.issuing.conftest import ADA, issuing_with, on_both_databases
from tests.auth.issuing.test_limited import all_at_once
from tests.auth.tokens.conftest import StillClock

Create = Callable[..., Code]


@pytest.fixture
def issuer(database: Database, ring: KeyRing, clock: StillClock) -> Issuer:
    return issuing_with(database, ring, clock, mode="invitation").issuer


@pytest.fixture
def create(database: Database, clock: StillClock) -> Create:
    def created(*, uses: int = 1, days: int = 14, **whom: Any) -> Code:
        now = to_naive_utc(clock())
        expires_at = now + timedelta(days=days)
        return Invitations(database).create(uses=uses, at=now, expires_at=expires_at, **whom)

    return created


def ask(issuer: Issuer, code: Code, holder: Holder = ADA) -> object:
    return issuer.ask(holder, invitation=invitation_text(code).lower())


def test_an_invitation_gives_as_many_tokens_as_it_has_uses(issuer: Issuer, create: Create) -> None:
    code = create(uses=2)
    assert ask(issuer, code)
    assert ask(issuer, code)
    with pytest.raises(InvitationInvalid):
        ask(issuer, code)


@on_both_databases
def test_people_who_ask_at_once_share_its_uses(
    issuer: Issuer, create: Create, database: Database
) -> None:
    code = create(uses=3)

    got = all_at_once(
        8, lambda number: ask(issuer, code, replace(ADA, email=f"person{number}@example.com"))
    )

    assert got.count(InvitationInvalid) == 5
    assert [each.used for each in Invitations(database).listed()] == [3]
    assert len(issued_tokens(database)) == 3


@on_both_databases
def test_everything_that_is_wrong_has_the_same_words(
    issuer: Issuer, create: Create, database: Database, clock: StillClock
) -> None:
    used, revoked, hers, theirs = (
        create(),
        create(),
        create(email="bob@example.com"),
        create(domain="example.org"),
    )
    expired = create(days=1)
    ask(issuer, used)
    assert Invitations(database).revoke(revoked.key, to_naive_utc(clock()))
    assert not Invitations(database).revoke(revoked.key, to_naive_utc(clock()))
    clock.pass_by(days=1)
    wrong_secret = Code(create().key, new_invitation().secret)

    said = set()
    for code in (used, revoked, hers, theirs, expired, new_invitation(), wrong_secret):
        with pytest.raises(InvitationInvalid) as caught:
            ask(issuer, code)
        said.add(str(caught.value))
    with pytest.raises(InvitationInvalid) as caught:
        issuer.ask(ADA, invitation="no invitation looks like this")
    said.add(str(caught.value))

    assert len(said) == 1
    assert {each.used for each in Invitations(database).listed() if each.id != used.key} == {0}


def test_the_secret_is_proven_wherever_a_code_is_taken(
    create: Create, database: Database, clock: StillClock
) -> None:
    code = create(tasks=("intent",))
    guessed = invitation_text(Code(code.key, new_invitation().secret))
    with pytest.raises(InvitationInvalid):
        Invitations(database).tasks_of(guessed)
    with pytest.raises(InvitationInvalid), database.transaction() as connection:
        use_invitation(connection, guessed, ADA.email, to_naive_utc(clock()))
    assert [each.used for each in Invitations(database).listed()] == [0]


def test_it_may_be_for_one_address_or_one_domain(issuer: Issuer, create: Create) -> None:
    assert ask(issuer, create(email="ADA@example.com"))
    assert ask(issuer, create(domain="example.com"))
    with pytest.raises(InvitationInvalid):
        ask(issuer, create(domain="example.com"), replace(ADA, email="ada@sub.example.com"))
    with pytest.raises(InvitationInvalid):
        ask(issuer, create(email="ada@example.com"), replace(ADA, email="ada+x@example.com"))


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, ("car_price", "intent")),
        (("intent", "other"), ("intent",)),
    ],
)
def test_it_may_be_for_some_tasks(
    issuer: Issuer,
    create: Create,
    database: Database,
    asked: tuple[str, ...] | None,
    given: tuple[str, ...],
) -> None:
    code = invitation_text(create(tasks=("car_price", "intent")))
    assert issuer.ask(ADA, invitation=code, grant=Grant(tasks=asked))
    assert [each.tasks for each in issued_tokens(database)] == [given]


def test_for_other_tasks_it_gives_nothing_and_is_not_used(
    issuer: Issuer, create: Create, database: Database
) -> None:
    code = invitation_text(create(tasks=("intent",)))
    with pytest.raises(InvitationInvalid, match="only for intent"):
        issuer.ask(ADA, invitation=code, grant=Grant(tasks=("car_price",)))
    assert [each.used for each in Invitations(database).listed()] == [0]


def test_without_one_there_is_no_token(issuer: Issuer) -> None:
    with pytest.raises(InvitationInvalid, match="field invitation"):
        issuer.ask(ADA, invitation=None)


def test_whoever_is_at_the_limit_keeps_the_use(
    issuer: Issuer, create: Create, database: Database
) -> None:
    code = create(uses=6)
    for _ in range(5):
        ask(issuer, code)
    with pytest.raises(TokensAtLimit):
        ask(issuer, code)
    assert [each.used for each in Invitations(database).listed()] == [5]


def test_the_database_knows_no_code(create: Create, database: Database) -> None:
    code = create()
    with database.transaction() as connection:
        (row,) = connection.execute(select(invitations)).mappings()
    assert row["digest"] == code.digest
    assert code.secret not in str(dict(row))
