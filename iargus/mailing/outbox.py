"""Mails that wait for the mail server, in `iargus.outbox`. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from iargus.mailing.backoff import backoff_after
from iargus.storage.database import Database
from iargus.storage.schema import outbox

_MAX_ERROR_CHARS = 500


@dataclass(frozen=True)
class Mail:
    """A message without sender and recipients: those are read when it is sent.

    `picture` is a PNG that the HTML shows; `message.content_id` gives the name that it uses.
    """

    message_id: str  # with its angle brackets; the same for every attempt
    task: str
    period: str
    kind: str
    subject: str
    body_text: str
    body_html: str
    picture: bytes | None = None


@dataclass(frozen=True)
class StoredMail:
    """A mail and what became of it; times are UTC without a zone. `next_attempt_at` is None until
    an attempt has failed."""

    id: int
    mail: Mail
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str | None
    next_attempt_at: datetime | None = None


class Outbox:
    """Every method raises `DatabaseUnavailable` or `SchemaMissing` when it cannot do its work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, *, due_at: datetime | None = None) -> Sequence[StoredMail]:
        """The mails that were not sent yet, the oldest first: all of them, or those whose pause
        after a failure is over at `due_at`."""
        query = select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id)
        if due_at is not None:
            paused_until = outbox.c.next_attempt_at
            query = query.where(or_(paused_until.is_(None), paused_until <= due_at))
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
        """Remember that the mail server has accepted a mail; `note` tells what was amiss."""
        self._tried(mail_id, note, sent_at=at, next_attempt_at=None)

    def mark_failed(self, stored: StoredMail, reason: str, at: datetime) -> None:
        """Remember a failed attempt; the mail stays, and pauses for longer after each."""
        self._tried(stored.id, reason, next_attempt_at=at + backoff_after(stored.attempts + 1))

    def _tried(self, mail_id: int, note: str | None, **values: datetime | None) -> None:
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
    connection.execute(
        insert(outbox).values(
            message_id=mail.message_id,
            task=mail.task,
            period=mail.period,
            kind=mail.kind,
            subject=mail.subject,
            body_text=mail.body_text,
            body_html=mail.body_html,
            picture=mail.picture,
            created_at=at,
            attempts=0,
        )
    )
    return True


def is_queued(connection: Connection, task: str, period: str, kind: str) -> bool:
    """Whether there is a mail of this kind about a month, sent or not."""
    query = select(outbox.c.id).where(
        outbox.c.task == task, outbox.c.period == period, outbox.c.kind == kind
    )
    return connection.execute(query).first() is not None


def was_sent(connection: Connection, task: str, period: str, kind: str) -> bool:
    """Whether people have a mail of this kind about a month."""
    query = select(outbox.c.id).where(
        outbox.c.task == task,
        outbox.c.period == period,
        outbox.c.kind == kind,
        outbox.c.sent_at.is_not(None),
    )
    return connection.execute(query).first() is not None


def withdraw(connection: Connection, task: str, period: str, kind: str | None = None) -> None:
    """Delete the mails about a month that were not sent, of one kind or all, within the caller's
    transaction."""
    statement = delete(outbox).where(
        outbox.c.task == task, outbox.c.period == period, outbox.c.sent_at.is_(None)
    )
    connection.execute(statement if kind is None else statement.where(outbox.c.kind == kind))


def _stored(row: RowMapping) -> StoredMail:
    return StoredMail(
        id=row["id"],
        mail=Mail(
            message_id=row["message_id"],
            task=row["task"],
            period=row["period"],
            kind=row["kind"],
            subject=row["subject"],
            body_text=row["body_text"],
            body_html=row["body_html"],
            picture=row["picture"],
        ),
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        attempts=row["attempts"],
        last_error=row["last_error"],
        next_attempt_at=row["next_attempt_at"],
    )
