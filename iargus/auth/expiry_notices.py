"""Mails to people whose token ends soon: which tokens, and one mail for each, once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select, update

from iargus.auth.issuing.addresses import for_envelope
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.tokens.record import TokenRecord
from iargus.auth.tokens.store import token_record
from iargus.clock import Clock, to_naive_utc
from iargus.errors import MailNotSent, RunLocked
from iargus.mailing.content import write_mail
from iargus.mailing.delivery import LOCK_TIMEOUT_S, NO_SERVER, send_mail
from iargus.mailing.message import Delivery, Mail
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.locks import JobLock
from iargus.storage.schema import signing_keys, tokens
from iargus.text import printable

logger = logging.getLogger(__name__)

ANNOUNCEMENT = "announcement"


class SqlExpiryNotices:
    """Every method raises `DatabaseUnavailable` when the database does not answer."""

    def __init__(self, database: Database, environment: KeyRing) -> None:
        self._database = database
        self._environment = [key.kid for key in environment.keys]

    def due(self, now: datetime, *, days: int, limit: int = 1000) -> Sequence[TokenRecord]:
        """The tokens that end within `days`, whose holders were not notified, the earliest
        first.

        Not those that were revoked, that a key signed which is gone, that were short from the
        beginning, or whose holder has a token that lasts longer and opens the same.
        """
        at, soon = to_naive_utc(now), to_naive_utc(now + timedelta(days=days))
        other = tokens.alias("other")
        replaced = exists().where(
            other.c.email == tokens.c.email,
            other.c.revoked_at.is_(None),
            other.c.expires_at > soon,
            or_(
                other.c.scope == tokens.c.scope,
                and_(other.c.scope.is_(None), tokens.c.scope.is_(None)),
            ),
            or_(other.c.tasks.is_(None), other.c.tasks == tokens.c.tasks),
        )
        key = signing_keys.c.kid == tokens.c.kid
        revoked = exists().where(key, signing_keys.c.revoked_at.is_not(None))
        known = exists().where(key, signing_keys.c.wrapped.is_not(None))
        query = (
            select(tokens)
            .where(
                tokens.c.expires_at > at,
                tokens.c.expires_at <= soon,
                tokens.c.announced_at.is_(None),
                tokens.c.revoked_at.is_(None),
                ~replaced,
                ~revoked,
                or_(tokens.c.kid.in_(self._environment), known),
            )
            .order_by(tokens.c.expires_at, tokens.c.id)
            .limit(limit)
        )
        with self._database.transaction() as connection:
            found = [token_record(row) for row in connection.execute(query).mappings()]
        short = timedelta(days=days)
        return [record for record in found if record.expires_at - record.created_at > short]

    def still_due(self, jti: str) -> bool:
        """Whether a token has been neither revoked nor announced since."""
        open_ = (
            tokens.c.jti == jti,
            tokens.c.announced_at.is_(None),
            tokens.c.revoked_at.is_(None),
        )
        with self._database.transaction() as connection:
            return connection.execute(select(tokens.c.id).where(*open_)).first() is not None

    def mark(self, jti: str, at: datetime) -> None:
        """Record that the holder of a token was notified."""
        with self._database.transaction() as connection:
            row = tokens.c.jti == jti
            connection.execute(update(tokens).where(row).values(announced_at=to_naive_utc(at)))


def notify_all(
    notices: SqlExpiryNotices, labelled: Database, settings: Settings, clock: Clock
) -> Delivery:
    """Mail everybody whose token ends soon, each marked as soon as the mail server has accepted.

    One process at a time, by a lock in the database `iargus`. A mail may reach a person twice only
    if this process dies between the server's acceptance and the mark; its Message-ID is the same
    then, by which mail programs know it. One that fails is tried again by the next run, also one
    that is refused for good: after a fault of the mail server's settings, people would otherwise
    not be notified at all.

    Raises:
        DatabaseUnavailable: tokens cannot be read or marked.
    """
    days = settings.policy.tokens.announce_expiry_days
    due = notices.due(clock(), days=days)
    if not due:
        return Delivery()
    if settings.environment.smtp is None:
        return Delivery(waiting=len(due), reason=NO_SERVER)
    lock = JobLock(labelled, ANNOUNCEMENT, clock=clock, timeout_s=LOCK_TIMEOUT_S)
    try:
        with lock.held():
            sent, reason = 0, None
            failed: set[str] = set()
            while due := [r for r in notices.due(clock(), days=days) if r.jti not in failed]:
                for record in due:
                    lock.renew()
                    if not notices.still_due(record.jti):
                        continue
                    try:
                        _send(record, settings, clock)
                    except MailNotSent as error:
                        reason = str(error)
                        failed.add(record.jti)
                        logger.error("the end of token %s was not notified: %s", record.jti, reason)
                        continue
                    notices.mark(record.jti, clock())
                    logger.info("the end of token %s was notified", record.jti)
                    sent += 1
            return Delivery(sent=sent, failed=len(failed), waiting=len(failed), reason=reason)
    except RunLocked as error:
        logger.warning("expiry notices are left to another process: %s", error)
        return Delivery()


def _send(record: TokenRecord, settings: Settings, clock: Clock) -> None:
    send_mail(write_notice(record), settings, at=clock(), to=[for_envelope(record.holder.email)])


def write_notice(record: TokenRecord) -> Mail:
    """The mail about one token; its Message-ID is the same for every attempt."""
    return write_mail(
        "expiry",
        message_id=f"<expiry.{record.jti}@iargus>",
        subject=f"Your token for IArgus ends on {record.expires_at:%Y-%m-%d}",
        name=printable(record.holder.first_name, 100),
        expires=f"{record.expires_at:%Y-%m-%d at %H:%M}",
        issued=f"{record.created_at:%Y-%m-%d}",
        jti=record.jti,
    )
