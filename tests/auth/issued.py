"""What was issued and revoked, as tests look it up in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from iargus.auth.counters import Position
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.register import SqlTokenRegister, Wanted
from iargus.auth.tokens.store import SqlTokenStore
from iargus.storage.database import Database


def issued_tokens(database: Database, *, email: str | None = None) -> Sequence[TokenRecord]:
    """The newest first."""
    return SqlTokenRegister(database).page(Wanted(email=email), limit=1000).records


def revoked_tokens(store: SqlTokenStore, at: datetime) -> set[str]:
    """The `jti` of every token that is revoked and would not have expired by `at`."""
    return set(store.changes(Position(), at=at).revoked)
