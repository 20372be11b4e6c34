"""Recording a token only where its holder may have one more."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from iargus.auth.issuing.addresses import person_of
from iargus.auth.issuing.allowance import check_allowance
from iargus.auth.issuing.locks import acquire_lock, person_lock
from iargus.auth.tokens.store import TokenRecord, add_token
from iargus.settings.issuing import IssuingPolicy
from iargus.storage.database import Database

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
