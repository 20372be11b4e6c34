"""Which mails were about a month, and whether they were sent; without bodies and pictures, of
which years would fill the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from iargus.storage.database import Database
from iargus.storage.schema import outbox

_COLUMNS = ("task", "period", "kind", "created_at", "sent_at", "attempts", "last_error")


@dataclass(frozen=True)
class MailStatus:
    """A mail of the outbox; times are UTC without a zone, `sent_at` is None while it waits."""

    task: str
    period: str
    kind: str
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None


def mails_about(database: Database, task: str) -> Sequence[MailStatus]:
    """The mails about a task, the oldest first.

    Raises:
        DatabaseUnavailable: the database is out of reach.
        SchemaMissing: it has no such table.
    """
    columns = [outbox.c[name] for name in _COLUMNS]
    query = select(*columns).where(outbox.c.task == task).order_by(outbox.c.id)
    with database.transaction() as connection:
        return [MailStatus(**row) for row in connection.execute(query).mappings()]


def in_words(kind: str) -> str:
    """`breach_not_mended` as people say it; also a kind of another version of IArgus."""
    return kind.replace("mended", "fixed").replace("_", " ")
