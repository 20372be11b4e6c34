"""Keys as an administrator sees them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from iargus.auth.keys.row import KeyRow
from iargus.auth.keys.store import Use
from iargus.auth.keys.wrapping import unwrap
from iargus.settings.keys import JwtKey

ENVIRONMENT = "environment"
FILE = "file"


@dataclass(frozen=True)
class KeyInfo:
    """A key and what depends on it. `origin` is `environment`, `file` or `database`; `state` is
    `signs`, `verifies`, `revoked` or `dropped`, or `unreadable` where this host cannot unwrap it;
    times are UTC without a zone."""

    kid: str
    origin: str
    state: str
    created_at: datetime | None
    wrapped_with: str | None
    use: Use


def described(
    rows: Sequence[KeyRow],
    uses: Mapping[str, Use],
    roots: Sequence[JwtKey],
    origin: str = ENVIRONMENT,
) -> list[KeyInfo]:
    """Every key of the table, the newest first, and then the `roots`, which are in `origin`."""
    signing, own = signer(rows, roots), {root.kid for root in roots}
    found = [
        KeyInfo(
            row.kid,
            origin if row.kid in own else "database",
            _state(row, signing, roots),
            row.created_at,
            row.wrapped_with,
            uses.get(row.kid, Use()),
        )
        for row in rows
    ]
    revoked = {row.kid for row in rows if row.revoked_at is not None}
    for root in roots:
        if root.kid not in revoked:
            state = "signs" if root.kid == signing else "verifies"
            use = uses.get(root.kid, Use())
            found.append(KeyInfo(root.kid, origin, state, None, None, use))
    return found


def signer(rows: Sequence[KeyRow], roots: Sequence[JwtKey]) -> str | None:
    """The `kid` that signs: the newest of the table, or the environment's first."""
    unretired = (row.kid for row in rows if row.wrapped is not None and row.retired_at is None)
    revoked = {row.kid for row in rows if row.revoked_at is not None}
    own = (root.kid for root in roots if root.kid not in revoked)
    return next(unretired, None) or next(own, None)


def _state(row: KeyRow, signing: str | None, roots: Sequence[JwtKey]) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.wrapped is None:
        return "dropped"
    if unwrap(row.kid, row.wrapped, roots) is None:
        return "unreadable"
    return "signs" if row.kid == signing else "verifies"
