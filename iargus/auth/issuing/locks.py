"""Turns: whoever counts rows and then adds one waits until the one before has done so.

Counting alone is not exact, for of two transactions at once neither sees the other's row. Each
locks one row of `issuing_turns` first. It must be the first statement of the transaction: on MySQL
a count sees what was there at the first read, and SQLite refuses to write after an outdated one.
"""

from __future__ import annotations

from sqlalchemy import Connection

from iargus.storage.dialects import dialect_of
from iargus.storage.schema import issuing_turns

MAILS = "mails"
_PERSON_CHARS = 2


def person_lock(person: str) -> str:
    """The turn of a person: one of 256, so that the rows stay few. Two people who share one only
    wait for each other."""
    return f"person-{person[:_PERSON_CHARS]}"


def acquire_lock(connection: Connection, name: str) -> None:
    """Wait for the turn, and keep it until the transaction ends."""
    first = {"name": name, "taken": 1}
    more = {"taken": issuing_turns.c.taken + 1}
    upsert = dialect_of(connection).upsert(issuing_turns, first, key=["name"], changes=more)
    connection.execute(upsert)
