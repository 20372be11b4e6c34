"""Tokens in the table `iargus_api.tokens`: digests only, never a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, RowMapping, insert, select, update

from iargus.auth.counters import (
    REVOKED,
    Position,
    number_revocations,
    position,
    raised,
    revoked_after,
)
from iargus.auth.keys.store import read_keys
from iargus.auth.revocation.changes import Changes
from iargus.auth.tokens.record import Holder, TokenRecord, tasks_of, tasks_text
from iargus.storage.database import Database
from iargus.storage.schema import tokens

__all__ = ["Holder", "SqlTokenStore", "TokenRecord", "TokenStore", "add_token", "token_record"]


class TokenStore(Protocol):
    """What the token service needs of a store; a fake passes the same conformance tests."""

    def add(self, record: TokenRecord) -> None: ...

    def revoke(self, jti: str, at: datetime) -> bool: ...

    def revoked(self, at: datetime) -> frozenset[str]: ...

    def changes(self, since: Position, *, at: datetime) -> Changes: ...

    def number_revocations(self) -> None: ...

    def listed(self, *, email: str | None = None) -> Sequence[TokenRecord]: ...


class SqlTokenStore:
    """Tokens in MySQL or SQLite.

    Every method raises `DatabaseUnavailable` when the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: TokenRecord) -> None:
        """Record an issue."""
        with self._database.transaction() as connection:
            add_token(connection, record)

    def revoke(self, jti: str, at: datetime) -> bool:
        """Mark a token as revoked at `at`; False when there is none or it was revoked before."""
        with self._database.transaction() as connection:
            row = tokens.c.jti == jti
            marking = update(tokens).where(row, tokens.c.revoked_at.is_(None))
            if connection.execute(marking.values(revoked_at=at)).rowcount == 0:
                return False
            number = raised(connection, REVOKED)
            connection.execute(update(tokens).where(row).values(revoked_seq=number))
            return True

    def revoked(self, at: datetime) -> frozenset[str]:
        """The `jti` of every token that is revoked and would not have expired by `at`."""
        with self._database.transaction() as connection:
            return frozenset(revoked_after(connection, None, at))

    def changes(self, since: Position, *, at: datetime) -> Changes:
        """What is new after `since`; most of the time one row is read, and nothing is."""
        with self._database.transaction() as connection:
            # The counters first: what is committed after this is above them, and read next time.
            now = position(connection)
            found = Changes(now, {}, whole=False)
            # Lower than before: another database, such as one from a backup.
            whole = since.revoked < 0 or now.revoked < since.revoked
            if whole or now.revoked > since.revoked:
                number = None if whole else since.revoked
                revoked = revoked_after(connection, number, at)
                found = replace(found, revoked=revoked, whole=whole)
            if now.keys != since.keys:
                found = replace(found, keys=read_keys(connection))
            return found

    def number_revocations(self) -> None:
        """Make revocations known that another program wrote without a number."""
        more = True
        while more:
            with self._database.transaction() as connection:
                more = number_revocations(connection)

    def listed(self, *, email: str | None = None) -> Sequence[TokenRecord]:
        """All issued tokens, the newest first; of one person where `email` is given."""
        query = select(tokens).order_by(tokens.c.id.desc())
        if email is not None:
            query = query.where(tokens.c.email == email)
        with self._database.transaction() as connection:
            return [token_record(row) for row in connection.execute(query).mappings()]


def add_token(connection: Connection, record: TokenRecord) -> None:
    """Record an issue within the caller's transaction."""
    connection.execute(
        insert(tokens).values(
            first_name=record.holder.first_name,
            surname=record.holder.surname,
            email=record.holder.email,
            token=record.digest,
            creation_date=record.created_at,
            jti=record.jti,
            kid=record.kid,
            expires_at=record.expires_at,
            revoked_at=record.revoked_at,
            scope=record.scope,
            tasks=tasks_text(record.tasks),
        )
    )


def token_record(row: RowMapping) -> TokenRecord:
    """A row of the table as a record."""
    return TokenRecord(
        holder=Holder(row["first_name"], row["surname"], row["email"]),
        digest=row["token"],
        jti=row["jti"],
        kid=row["kid"],
        created_at=row["creation_date"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        scope=row["scope"],
        tasks=tasks_of(row["tasks"]),
    )
