"""The database of the API, and issuing on it in any mode."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from iargus.auth.issuing.composition import Issuing
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.auth.tokens.record import Holder
from iargus.auth.tokens.service import TokenService
from iargus.auth.tokens.store import SqlTokenStore
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.settings.keys import JwtKey
from iargus.storage.database import API, Database
from iargus.storage.migrate import upgrade
from tests.auth.tokens.conftest import StillClock

ADA = Holder("Ada", "King", "ada@example.com")
CONFIRM = {"mode": "confirm", "public_url": "https://api.example.com"}
NO_SERVER = SmtpServer(host="127.0.0.1", port=1, recipients=("ops@example.com",))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([JwtKey(kid="k", secret=SecretStr("n" * 48))])


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema; migrating takes longer than most tests."""
    var_dir = tmp_path_factory.mktemp("issuing")
    database = Database.connect(API, Settings(Environment(var_dir=var_dir), Policy()))
    upgrade(database)
    database.dispose()
    return var_dir / f"{API}.db"


@pytest.fixture
def database(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path
) -> Iterator[Database]:
    """`iargus_api` on SQLite; of tests marked with `on_both_databases`, on MariaDB too."""
    environ = {"IARGUS_VAR": str(tmp_path)}
    if getattr(request, "param", "sqlite") == "mariadb":
        environ |= request.getfixturevalue("mariadb_environ")
    else:
        shutil.copy(empty_database, tmp_path)
    # Enough connections that those who ask at once wait for each other in the database alone.
    policy = Policy.model_validate({"database": {"pool_size": 10, "pool_timeout_s": 30}})
    found = Database.connect(API, Settings(Environment.read(environ), policy))
    if "MYSQL_HOST" in environ:
        upgrade(found)
    yield found
    found.dispose()


on_both_databases = pytest.mark.parametrize("database", ["sqlite", "mariadb"], indirect=True)


def settings_with(smtp: SmtpServer | None = NO_SERVER, **issuing: Any) -> Settings:
    """Settings with a mail server and this block of config.yml."""
    return Settings(Environment(smtp=smtp), Policy.model_validate({"issuing": issuing}))


def service(database: Database, ring: KeyRing, clock: StillClock) -> TokenService:
    store = SqlTokenStore(database)
    policy = Policy().tokens
    revocations = RevocationSnapshot(store, clock=clock, max_age_s=900)
    return TokenService(store=store, ring=ring, policy=policy, clock=clock, revocations=revocations)


def issuing_with(
    database: Database,
    ring: KeyRing,
    clock: StillClock,
    *,
    smtp: SmtpServer | None = NO_SERVER,
    **issuing: Any,
) -> Issuing:
    return Issuing.build(
        settings_with(smtp, **issuing),
        tokens=service(database, ring, clock),
        database=database,
        clock=clock,
    )
