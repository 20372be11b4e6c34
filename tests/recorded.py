"""What the table of tokens holds, as tests look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from iargus.auth.counters import Position
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.register import SqlTokenRegister, Wanted
from iargus.auth.tokens.store import SqlTokenStore
from iargus.storage.database import Database


def recorded(database: Database) -> Sequence[TokenRecord]:
    """Every issued token, the newest first."""
    return SqlTokenRegister(database).page(Wanted(), limit=1000).records


def revoked(store: SqlTokenStore, at: datetime) -> set[str]:
    """The `jti` of every revoked token that would not have expired by `at`."""
    return set(store.changes(Position(), at=at).revoked)
