"""Which tokens expire soon, and whose holders were notified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select, update

from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.store import token_record
from iargus.clock import to_naive_utc
from iargus.storage.database import Database
from iargus.storage.schema import signing_keys, tokens


class SqlExpiryNotices:
    """Every method raises `DatabaseUnavailable` when the database does not answer."""

    def __init__(self, database: Database, environment: KeyRing) -> None:
        self._database = database
        self._environment = [key.kid for key in environment.keys]

    def due(self, now: datetime, *, days: int, limit: int = 1000) -> Sequence[TokenRecord]:
        """The tokens that end within `days`, whose holders were not notified, the earliest
        first.

        Not those that were revoked, that a key signed which is gone, that were short from the
        beginning, or whose holder has a token that lasts longer and opens the same.
        """
        at, soon = to_naive_utc(now), to_naive_utc(now + timedelta(days=days))
        other = tokens.alias("other")
        replaced = exists().where(
            other.c.email == tokens.c.email,
            other.c.revoked_at.is_(None),
            other.c.expires_at > soon,
            or_(
                other.c.scope == tokens.c.scope,
                and_(other.c.scope.is_(None), tokens.c.scope.is_(None)),
            ),
            or_(other.c.tasks.is_(None), other.c.tasks == tokens.c.tasks),
        )
        key = signing_keys.c.kid == tokens.c.kid
        revoked = exists().where(key, signing_keys.c.revoked_at.is_not(None))
        known = exists().where(key, signing_keys.c.wrapped.is_not(None))
        query = (
            select(tokens)
            .where(
                tokens.c.expires_at > at,
                tokens.c.expires_at <= soon,
                tokens.c.announced_at.is_(None),
                tokens.c.revoked_at.is_(None),
                ~replaced,
                ~revoked,
                or_(tokens.c.kid.in_(self._environment), known),
            )
            .order_by(tokens.c.expires_at, tokens.c.id)
            .limit(limit)
        )
        with self._database.transaction() as connection:
            found = [token_record(row) for row in connection.execute(query).mappings()]
        short = timedelta(days=days)
        return [record for record in found if record.expires_at - record.created_at > short]

    def still_due(self, jti: str) -> bool:
        """Whether a token has been neither revoked nor announced since."""
        open_ = (
            tokens.c.jti == jti,
            tokens.c.announced_at.is_(None),
            tokens.c.revoked_at.is_(None),
        )
        with self._database.transaction() as connection:
            return connection.execute(select(tokens.c.id).where(*open_)).first() is not None

    def mark(self, jti: str, at: datetime) -> None:
        """Record that the holder of a token was notified."""
        with self._database.transaction() as connection:
            row = tokens.c.jti == jti
            connection.execute(update(tokens).where(row).values(announced_at=to_naive_utc(at)))
