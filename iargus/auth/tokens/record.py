"""A token as the database knows it, who holds it, and how people see it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

State = Literal["valid", "expired", "revoked", "key revoked"]


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


def masked(email: str) -> str:
    """`ada@example.com` as `a…@example.com`: enough to recognise, too little to write to."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def state_of(
    record: TokenRecord, now: datetime, revoked_kids: Collection[str] = frozenset()
) -> State:
    """What a token is at `now` (UTC without a zone)."""
    if record.revoked_at is not None:
        return "revoked"
    if record.expires_at <= now:
        return "expired"
    return "key revoked" if record.kid in revoked_kids else "valid"
