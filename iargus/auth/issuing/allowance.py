"""How many tokens a person holds and was given, counted over all addresses of one mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from iargus.auth.issuing.addresses import mailbox_of
from iargus.errors import RateLimited, TokensAtLimit
from iargus.settings.issuing import IssuingPolicy
from iargus.storage.schema import tokens

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
