"""Tokens in the table `iargus_api.tokens`: digests only, never a token."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, update

from iargus.auth.counters import (
    REVOKED,
    Position,
    number_revocations,
    position,
    raised,
    revoked_after,
)
from iargus.auth.keys.store import read_keys
from iargus.auth.revocation.snapshot import Changes
from iargus.auth.tokens.record import Holder, TokenRecord, tasks_of, tasks_text
from iargus.storage.database import Database
from iargus.storage.schema import tokens


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
