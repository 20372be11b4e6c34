"""What the store of tokens does, on SQLite and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from iargus.auth.tokens.record import Holder, TokenRecord
from iargus.auth.tokens.store import SqlTokenStore
from iargus.errors import DatabaseUnavailable, SchemaMissing
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import MySQLServer
from iargus.storage.database import API, Database
from iargus.storage.migrate import upgrade
from tests.auth.issued import issued_tokens, revoked_tokens

NOW = datetime(2026, 11, 1, 12, 0)


def record(number: int, *, email: str = "ada@example.org", days: int = 180) -> TokenRecord:
    return TokenRecord(
        holder=Holder("Ada", "Lovelace 😀", email),
        digest=f"{number:064x}",
        jti=f"jti-{number}",
        kid="k1",
        created_at=NOW,
        expires_at=NOW + timedelta(days=days),
    )


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    environ = {"IARGUS_VAR": str(tmp_path)}
    if request.param == "mariadb":
        environ |= request.getfixturevalue("mariadb_environ")
    database = Database.connect(API, Settings(Environment.read(environ), Policy()))
    upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def store(database: Database) -> SqlTokenStore:
    return SqlTokenStore(database)


def test_gives_back_what_was_added_newest_first(store: SqlTokenStore, database: Database) -> None:
    for number in (1, 2, 3):
        store.add(record(number))

    assert list(issued_tokens(database)) == [record(3), record(2), record(1)]


def test_lists_one_person(store: SqlTokenStore, database: Database) -> None:
    store.add(record(1))
    store.add(record(2, email="bob@example.org"))

    assert [found.jti for found in issued_tokens(database, email="bob@example.org")] == ["jti-2"]
    assert issued_tokens(database, email="nobody@example.org") == []


def test_revokes_once(store: SqlTokenStore, database: Database) -> None:
    store.add(record(1))
    store.add(record(2))

    assert store.revoke("jti-1", NOW)
    assert not store.revoke("jti-1", NOW + timedelta(days=1))
    assert not store.revoke("jti-unknown", NOW)
    assert revoked_tokens(store, NOW) == {"jti-1"}
    assert [found.revoked_at for found in issued_tokens(database)] == [None, NOW]


def test_forgets_revoked_tokens_that_have_expired(store: SqlTokenStore) -> None:
    store.add(record(1, days=1))
    store.revoke("jti-1", NOW)

    assert revoked_tokens(store, NOW + timedelta(hours=23)) == {"jti-1"}
    assert revoked_tokens(store, NOW + timedelta(days=1)) == set()


def test_a_missing_table_is_named(sqlite_settings: Settings) -> None:
    store = SqlTokenStore(Database.connect(API, sqlite_settings))

    with pytest.raises(SchemaMissing, match="iargus db upgrade"):
        revoked_tokens(store, NOW)


def test_a_missing_server_is_an_outage(sqlite_settings: Settings) -> None:
    server = MySQLServer.model_validate(
        {"host": "127.0.0.1", "port": 1, "user": "x", "password": "secret-word"}
    )
    environment = sqlite_settings.environment.model_copy(update={"mysql": server})
    store = SqlTokenStore(Database.connect(API, Settings(environment, Policy())))

    with pytest.raises(DatabaseUnavailable, match="iargus_api") as caught:
        revoked_tokens(store, NOW)
    assert "secret-word" not in str(caught.value)


def test_a_missing_database_is_named(mariadb_environ: dict[str, str], tmp_path: Path) -> None:
    settings = Settings(Environment.read(mariadb_environ | {"IARGUS_VAR": str(tmp_path)}), Policy())
    store = SqlTokenStore(Database.connect("no_such_database", settings))

    with pytest.raises(SchemaMissing, match=r"db_creation\.sql"):
        revoked_tokens(store, NOW)
