"""Mails that wait for the mail server, in `iargus.outbox`. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from iargus.backoff import Backoff
from iargus.mailing.message import Mail
from iargus.storage.database import Database
from iargus.storage.schema import outbox

_MAX_ERROR_CHARS = 500
# 5 minutes, doubled each time, at most 12 hours. Less than a day: a job that is started every day,
# a little earlier or later, tries every day.
BACKOFF = Backoff(first_s=5 * 60, maximum_s=12 * 3600)


@dataclass(frozen=True)
class StoredMail:
    """A mail and its state; times are UTC without a zone. `next_attempt_at` is None until
    an attempt has failed."""

    id: int
    mail: Mail
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str | None
    next_attempt_at: datetime | None = None

    def is_due(self, at: datetime | None) -> bool:
        """Whether the pause after a failure is over at `at`; None asks about no pause."""
        return at is None or self.next_attempt_at is None or self.next_attempt_at <= at


class Outbox:
    """Every method raises `DatabaseUnavailable` or `SchemaMissing` when it cannot do its work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self) -> Sequence[StoredMail]:
        """The mails that were not sent yet, the oldest first."""
        query = select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id)
        with self._database.transaction() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def listed(self, *, limit: int = 50) -> Sequence[StoredMail]:
        """The newest mails, sent or not, the newest first."""
        query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
        with self._database.transaction() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def find(self, mail_id: int) -> StoredMail | None:
        """The mail of this number, sent or not."""
        with self._database.transaction() as connection:
            query = select(outbox).where(outbox.c.id == mail_id)
            row = connection.execute(query).mappings().first()
        return None if row is None else _stored(row)

    def mark_sent(self, mail_id: int, at: datetime, *, note: str | None = None) -> None:
        """Remember that the mail server has accepted a mail; `note` says what went wrong."""
        self._record_attempt(mail_id, note, sent_at=at, next_attempt_at=None)

    def mark_failed(self, stored: StoredMail, reason: str, at: datetime) -> None:
        """Remember a failed attempt; the mail stays, and pauses for longer after each."""
        self._record_attempt(
            stored.id, reason, next_attempt_at=at + BACKOFF.delay(stored.attempts + 1)
        )

    def _record_attempt(self, mail_id: int, note: str | None, **values: datetime | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.id == mail_id, outbox.c.sent_at.is_(None))
                .values(
                    attempts=outbox.c.attempts + 1,
                    last_error=None if note is None else note[:_MAX_ERROR_CHARS],
                    **values,
                )
            )


def enqueue(connection: Connection, mail: Mail, at: datetime) -> bool:
    """Add a mail within the caller's transaction; False when there is one of its kind about the
    same task and month already."""
    if is_queued(connection, mail.task, mail.period, mail.kind):
        return False
    connection.execute(insert(outbox).values(**asdict(mail), created_at=at, attempts=0))
    return True


def is_queued(connection: Connection, task: str, period: str, kind: str) -> bool:
    """Whether there is a mail of this kind about a month, sent or not."""
    query = select(outbox.c.id).where(*_about(task, period, kind))
    return connection.execute(query).first() is not None


def was_sent(connection: Connection, task: str, period: str, kind: str) -> bool:
    """Whether a mail of this kind about a month was sent."""
    query = select(outbox.c.id).where(*_about(task, period, kind), outbox.c.sent_at.is_not(None))
    return connection.execute(query).first() is not None


def withdraw(connection: Connection, task: str, period: str, kind: str | None = None) -> None:
    """Delete the mails about a month that were not sent, of one kind or all, within the caller's
    transaction."""
    unsent = outbox.c.sent_at.is_(None)
    connection.execute(delete(outbox).where(*_about(task, period, kind), unsent))


def _about(task: str, period: str, kind: str | None) -> Sequence[ColumnElement[bool]]:
    month = (outbox.c.task == task, outbox.c.period == period)
    return month if kind is None else (*month, outbox.c.kind == kind)


@dataclass(frozen=True)
class MailStatus:
    """Whether a mail was sent, without bodies and pictures, of which years would fill the memory.
    Times are UTC without a zone; `sent_at` is None while it waits."""

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
    columns = [outbox.c[field.name] for field in fields(MailStatus)]
    query = select(*columns).where(outbox.c.task == task).order_by(outbox.c.id)
    with database.transaction() as connection:
        return [MailStatus(**row) for row in connection.execute(query).mappings()]


def in_words(kind: str) -> str:
    """`breach_not_mended` as people say it; also a kind of another version of IArgus."""
    return kind.replace("mended", "fixed").replace("_", " ")


def _stored(row: RowMapping) -> StoredMail:
    values = dict(row)
    mail = Mail(**{field.name: values.pop(field.name) for field in fields(Mail)})
    return StoredMail(mail=mail, **values)
