"""A token as the database knows it, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
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
