"""How many tokens a person may have, counted under a lock for each person.

Counting alone is not exact, for of two transactions at once neither sees the other's row. Each
locks one row of `issuing_turns` first. It must be the first statement of the transaction: on MySQL
a count sees what was there at the first read, and SQLite refuses to write after an outdated one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from iargus.auth.issuing.addresses import mailbox_of, person_of
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.store import add_token
from iargus.errors import RateLimited, TokensAtLimit
from iargus.settings.tokens import IssuingPolicy
from iargus.storage.database import Database
from iargus.storage.dialects import dialect_of
from iargus.storage.schema import issuing_turns, tokens

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


_DAY = timedelta(days=1)


def live_tokens(connection: Connection, email: str, at: datetime) -> int:
    """The tokens of a person that are neither expired nor revoked at `at`."""
    query = (
        select(func.count())
        .select_from(tokens)
        .where(_of(email), tokens.c.expires_at > at, tokens.c.revoked_at.is_(None))
    )
    return int(connection.execute(query).scalar_one())


def check_allowance(
    connection: Connection, email: str, policy: IssuingPolicy, at: datetime
) -> None:
    """Make sure that a person may have one more token, within a transaction that took the
    person's turn.

    Raises:
        TokensAtLimit: `max_live_tokens` are held.
        RateLimited: `tokens_per_day` were given.
    """
    if live_tokens(connection, email, at) >= policy.max_live_tokens:
        raise TokensAtLimit(
            f"this person holds {policy.max_live_tokens} tokens, which is the most; "
            "POST /revoke_token ends one"
        )
    query = (
        select(tokens.c.creation_date)
        .where(_of(email), tokens.c.creation_date > at - _DAY)
        .order_by(tokens.c.creation_date.desc())
        .limit(policy.tokens_per_day)
    )
    given = connection.execute(query).scalars().all()
    if len(given) >= policy.tokens_per_day:
        wait = given[-1] + _DAY - at
        raise RateLimited(
            f"{policy.tokens_per_day} tokens in 24 hours are the most for one person",
            limiter="person",
            retry_after_s=max(1, int(wait.total_seconds())),
        )


def _of(email: str) -> ColumnElement[Any]:
    local, domain = mailbox_of(email)
    tagged = and_(
        tokens.c.email.startswith(f"{local}+", autoescape=True),
        tokens.c.email.endswith(f"@{domain}", autoescape=True),
    )
    return or_(tokens.c.email == f"{local}@{domain}", tagged)


# What must become true together with the token, such as that an invitation is used.
Condition = Callable[[Connection], None]


class BoundedTokens:
    """The table `tokens` with the limits of `issuing` before it."""

    def __init__(self, database: Database, policy: IssuingPolicy) -> None:
        self._database = database
        self._policy = policy

    def add(self, record: TokenRecord, *, on: Condition | None = None) -> None:
        """Record an issue. Of any number of calls at once, on any number of hosts, no more come
        through than the limits allow; where this raises, nothing has changed.

        Args:
            on: raises where the token may not be given.

        Raises:
            TokensAtLimit, RateLimited: the holder has no allowance left.
            DatabaseUnavailable: it could not be recorded.
        """
        email = record.holder.email
        with self._database.transaction() as connection:
            acquire_lock(connection, person_lock(person_of(email)))
            if on is not None:
                on(connection)
            check_allowance(connection, email, self._policy, record.created_at)
            add_token(connection, record)
