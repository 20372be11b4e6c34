"""Finding and revoking many tokens, and how the others hear of it; on SQLite and MariaDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from iargus.auth.counters import Position
from iargus.auth.tokens import register as register_module
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.register import SqlTokenRegister, Wanted
from iargus.auth.tokens.store import SqlTokenStore
from iargus.settings import Settings
from iargus.storage.database import API, Database
from tests.auth.issued import revoked_tokens
from tests.auth.tokens.test_store import NOW, record


@pytest.fixture
def database(any_database_settings: Settings) -> Database:
    return Database.connect(API, any_database_settings)


@pytest.fixture
def store(database: Database) -> SqlTokenStore:
    return SqlTokenStore(database)


@pytest.fixture
def register(database: Database) -> SqlTokenRegister:
    return SqlTokenRegister(database)


def issued_at(number: int, at: datetime) -> TokenRecord:
    return replace(record(number), created_at=at)


def test_pages_and_filters(store: SqlTokenStore, register: SqlTokenRegister) -> None:
    for number in range(1, 6):
        store.add(record(number, email="bob@example.org" if number == 3 else "ada@example.org"))
    first = register.page(Wanted(), limit=3)
    assert [found.jti for found in first.records] == ["jti-5", "jti-4", "jti-3"]
    rest = register.page(Wanted(), limit=3, cursor=first.cursor)
    assert [found.jti for found in rest.records] == ["jti-2", "jti-1"]
    assert rest.cursor is None
    (bob,) = register.page(Wanted(email="bob@example.org"), limit=3).records
    assert register.page(Wanted(digest=bob.digest), limit=1).records == [bob]
    assert register.find("jti-3") == bob
    assert register.page(Wanted(kid="other"), limit=1).records == []


def test_what_a_token_is_for_is_kept(store: SqlTokenStore, register: SqlTokenRegister) -> None:
    wanted = replace(record(1), scope="admin", tasks=()), replace(record(2), tasks=("a", "b"))
    for each in wanted:
        store.add(each)
    assert [register.find(each.jti) for each in wanted] == list(wanted)


def test_many_are_revoked_in_parts_and_only_those_that_are_meant(
    store: SqlTokenStore, register: SqlTokenRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_module, "REVOKED_AT_ONCE", 2)
    for number in range(1, 6):
        store.add(issued_at(number, NOW - timedelta(days=10 * number)))
    store.add(record(6, days=-1))
    meant = Wanted(issued_before=NOW - timedelta(days=15))
    assert register.count(meant, NOW) == (4, 1)
    before = store.changes(Position(), at=NOW).position
    assert list(register.revoke(meant, NOW)) == [2, 2]
    assert revoked_tokens(store, NOW) == {"jti-2", "jti-3", "jti-4", "jti-5"}
    changes = store.changes(before, at=NOW)
    assert set(changes.revoked) == revoked_tokens(store, NOW)
    assert not changes.whole
    assert list(register.revoke(meant, NOW)) == []


def test_only_what_is_new_is_read(store: SqlTokenStore) -> None:
    for number in (1, 2, 3):
        store.add(record(number))
    store.revoke("jti-1", NOW)
    first = store.changes(Position(), at=NOW)
    assert (set(first.revoked), first.whole) == ({"jti-1"}, True)
    nothing = store.changes(first.position, at=NOW)
    assert (nothing.revoked, nothing.keys, nothing.position) == ({}, None, first.position)
    store.revoke("jti-2", NOW)
    second = store.changes(first.position, at=NOW)
    assert (set(second.revoked), second.whole) == ({"jti-2"}, False)


def test_a_database_from_a_backup_is_read_whole(store: SqlTokenStore) -> None:
    store.add(record(1))
    store.revoke("jti-1", NOW)
    changes = store.changes(Position(99, 99), at=NOW)
    assert (set(changes.revoked), changes.whole) == ({"jti-1"}, True)


def test_a_revocation_without_a_number_is_found(database: Database, store: SqlTokenStore) -> None:
    """An older release on another host, or an administrator with SQL, gives none."""
    store.add(record(1))
    position = store.changes(Position(), at=NOW).position
    with database.transaction() as connection:
        connection.execute(text("UPDATE tokens SET revoked_at = '2026-11-01 12:00:00'"))
    assert store.changes(position, at=NOW).revoked == {}
    store.number_revocations()
    assert set(store.changes(position, at=NOW).revoked) == {"jti-1"}
    after = store.changes(position, at=NOW).position
    store.number_revocations()
    assert store.changes(after, at=NOW).position == after
