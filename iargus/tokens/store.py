"""Tokens in the table `iargus_api.tokens`: digests only, never a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, RowMapping, insert, select, update

from iargus.database import Database
from iargus.schema import tokens


@dataclass(frozen=True)
class Holder:
    """The person a token is issued to."""

    first_name: str
    surname: str
    email: str


@dataclass(frozen=True)
class TokenRecord:
    """One row: `digest` is the SHA-256 of the JWT in hex; times are UTC without a zone."""

    holder: Holder
    digest: str
    jti: str
    kid: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class TokenStore(Protocol):
    """What the token service needs of a store; a fake passes the same conformance tests."""

    def add(self, record: TokenRecord) -> None: ...

    def revoke(self, jti: str, at: datetime) -> bool: ...

    def revoked(self, at: datetime) -> frozenset[str]: ...

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
            result = connection.execute(
                update(tokens)
                .where(tokens.c.jti == jti, tokens.c.revoked_at.is_(None))
                .values(revoked_at=at)
            )
            return result.rowcount > 0

    def revoked(self, at: datetime) -> frozenset[str]:
        """The `jti` of every token that is revoked and would not have expired by `at`."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(tokens.c.jti).where(
                    tokens.c.revoked_at.is_not(None), tokens.c.expires_at > at
                )
            )
            return frozenset(rows.scalars())

    def listed(self, *, email: str | None = None) -> Sequence[TokenRecord]:
        """All issued tokens, the newest first; of one person where `email` is given."""
        query = select(tokens).order_by(tokens.c.id.desc())
        if email is not None:
            query = query.where(tokens.c.email == email)
        with self._database.transaction() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]


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
        )
    )


def _record(row: RowMapping) -> TokenRecord:
    return TokenRecord(
        holder=Holder(row["first_name"], row["surname"], row["email"]),
        digest=row["token"],
        jti=row["jti"],
        kid=row["kid"],
        created_at=row["creation_date"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
