"""What is new for the gate: one row of two counters, which is all that a worker reads mostly.

A transaction that revokes or changes keys raises its counter last and holds the row until it is
committed, so numbers become visible in their order, and a reader that is at a number has missed
nothing below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, and_, select, update

from iargus.storage.dialects import dialect_of
from iargus.storage.schema import token_changes, tokens

REVOKED, KEYS = token_changes.c.revoked_seq, token_changes.c.keys_seq
_ROW = token_changes.c.id == 1


@dataclass(frozen=True)
class Position:
    """How far a reader is; -1 has read nothing."""

    revoked: int = -1
    keys: int = -1


def raised(connection: Connection, counter: Column[int]) -> int:
    """Raise a counter within the caller's transaction and give its new value."""
    raising = update(token_changes).where(_ROW).values({counter: counter + 1})
    if connection.execute(raising).rowcount == 0:
        connection.execute(
            dialect_of(connection)
            .insert_ignoring(token_changes)
            .values(id=1, revoked_seq=0, keys_seq=0)
        )
        connection.execute(raising)
    number: int = connection.execute(select(counter).where(_ROW)).scalar_one()
    return number


def position(connection: Connection) -> Position:
    """Where the counters are."""
    row = connection.execute(select(REVOKED, KEYS).where(_ROW)).first()
    return Position(0, 0) if row is None else Position(row[0], row[1])


def revoked_after(connection: Connection, number: int | None, at: datetime) -> dict[str, datetime]:
    """The revoked tokens above a number, or all of them, that would not have ended by `at`."""
    newer = tokens.c.revoked_at.is_not(None) if number is None else tokens.c.revoked_seq > number
    query = select(tokens.c.jti, tokens.c.expires_at).where(newer, tokens.c.expires_at > at)
    found: dict[str, datetime] = dict(connection.execute(query).all())
    return found


def number_revocations(connection: Connection) -> bool:
    """Give numbers to revocations without: those of an older release, or made by hand in SQL."""
    bare = and_(tokens.c.revoked_seq.is_(None), tokens.c.revoked_at.is_not(None))
    ids = connection.execute(select(tokens.c.id).where(bare).limit(1000)).scalars().all()
    if not ids:
        return False
    number = raised(connection, REVOKED)
    connection.execute(update(tokens).where(tokens.c.id.in_(ids)).values(revoked_seq=number))
    return True
