"""The database of the API, and issuing on it in any mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from iargus.database import API, Database
from iargus.issuing.parts import Issuing
from iargus.settings import Policy, Settings
from iargus.settings.environment import JwtKey, SmtpServer
from iargus.tokens.claims import KeyRing
from iargus.tokens.revocations import RevocationSnapshot
from iargus.tokens.service import TokenService
from iargus.tokens.store import Holder, SqlTokenStore
from tests.tokens.conftest import StillClock

ADA = Holder("Ada", "King", "ada@example.com")
CONFIRM = {"mode": "confirm", "public_url": "https://api.example.com"}
NO_SERVER = SmtpServer(host="127.0.0.1", port=1, recipients=("ops@example.com",))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([JwtKey(kid="k", secret=SecretStr("n" * 48))])


@pytest.fixture
def database(any_database_settings: Settings) -> Iterator[Database]:
    """`iargus_api` on SQLite, then on MariaDB."""
    found = Database.connect(API, any_database_settings)
    yield found
    found.dispose()


def settings_with(
    settings: Settings, smtp: SmtpServer | None = NO_SERVER, **issuing: Any
) -> Settings:
    """`settings` with a mail server and this block of config.yml."""
    environment = settings.environment.model_copy(update={"smtp": smtp})
    return Settings(environment, Policy.model_validate({"issuing": issuing}))


def service(database: Database, ring: KeyRing, clock: StillClock) -> TokenService:
    store = SqlTokenStore(database)
    policy = Policy().tokens
    revocations = RevocationSnapshot(store, clock=clock, max_age_s=900)
    return TokenService(store=store, ring=ring, policy=policy, clock=clock, revocations=revocations)


def issuing_with(
    settings: Settings, database: Database, ring: KeyRing, clock: StillClock, **issuing: Any
) -> Issuing:
    return Issuing.build(
        settings_with(settings, **issuing),
        tokens=service(database, ring, clock),
        database=database,
        clock=clock,
    )
