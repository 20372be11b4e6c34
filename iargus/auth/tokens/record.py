"""A token as the database knows it, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Holder:
    """The person a token is issued to."""

    first_name: str
    surname: str
    email: str


@dataclass(frozen=True)
class Grant:
    """What is asked for beside the token itself; None is what every token has: the policy's days,
    no scope, and all tasks."""

    ttl_days: int | None = None
    scope: str | None = None
    tasks: tuple[str, ...] | None = None

    def at_most(self, days: int) -> Grant:
        """The same for no more days, where a policy became shorter since it was asked for."""
        if self.ttl_days is None or self.ttl_days <= days:
            return self
        return replace(self, ttl_days=days)


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
    scope: str | None = None
    tasks: tuple[str, ...] | None = None


def tasks_text(tasks: tuple[str, ...] | None) -> str | None:
    """Tasks as one column holds them."""
    return None if tasks is None else ",".join(tasks)


def tasks_of(text: str | None) -> tuple[str, ...] | None:
    """Tasks as they were before `tasks_text`."""
    return None if text is None else tuple(filter(None, text.split(",")))
