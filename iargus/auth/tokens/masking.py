"""Tokens as people see them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from iargus.auth.tokens.record import TokenRecord

State = Literal["valid", "expired", "revoked", "key revoked"]


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
