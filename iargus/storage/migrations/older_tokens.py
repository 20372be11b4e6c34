"""What an older service did not write down about its tokens."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta

import sqlalchemy as sa

# The digest of a JWT, as this service keeps it.
DIGEST = re.compile(r"[0-9a-f]{64}")
TTL = timedelta(days=180)  # every token ever issued was valid that long

older = sa.table(
    "tokens",
    sa.column("id", sa.Integer()),
    sa.column("token", sa.Text()),
    # Without a type: an older column may be a date, and SQLite gives its text.
    sa.column("creation_date"),
    sa.column("jti", sa.String()),
    sa.column("kid", sa.String()),
    sa.column("expires_at", sa.DateTime()),
)


def fill_older_tokens(connection: sa.Connection) -> None:
    """Give `jti`, `kid` and `expires_at` to rows without, and keep digests instead of tokens.

    Such tokens were signed with a key that is none of ours: nobody can use them here, and the
    rows stay as a record of who was issued one.
    """
    seen: set[str] = set()
    for row in connection.execute(sa.select(older).order_by(older.c.id)).all():
        digest = row.token or ""
        if not DIGEST.fullmatch(digest):
            digest = hashlib.sha256(digest.encode()).hexdigest()
        if digest in seen:
            # Two issues in one second gave the same token; each keeps its row.
            digest = hashlib.sha256(f"{digest}#{row.id}".encode()).hexdigest()
        seen.add(digest)
        values = {
            "token": digest,
            "jti": row.jti or f"older-{row.id}",
            "kid": row.kid or "older",
            "expires_at": row.expires_at or _timestamp(row.creation_date) + TTL,
        }
        connection.execute(sa.update(older).where(older.c.id == row.id).values(**values))


def _timestamp(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0)
        except ValueError:
            pass
    return datetime(1970, 1, 1)  # not known any more, and it has expired for certain
