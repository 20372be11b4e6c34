"""Mails to people whose token ends soon: one mail per token."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from iargus.auth.expiry_notices import SqlExpiryNotices
from iargus.auth.tokens.record import TokenRecord
from iargus.clock import Clock
from iargus.errors import MailNotSent, RunLocked
from iargus.mailing import smtp
from iargus.mailing.delivered import Delivery
from iargus.mailing.policy import MailPolicy
from iargus.mailing.sender import sender_of
from iargus.monitoring.view.names import printable
from iargus.settings import Settings
from iargus.settings.environment import SmtpServer
from iargus.storage.database import Database
from iargus.storage.locks import JobLock

logger = logging.getLogger(__name__)

ANNOUNCEMENT = "announcement"
_LOCK_TIMEOUT_S = 1800.0
_TEMPLATES = Environment(
    loader=PackageLoader("iargus.monitoring.view.mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text
    trim_blocks=True,
)


def notify_all(
    notices: SqlExpiryNotices, labelled: Database, settings: Settings, clock: Clock
) -> Delivery:
    """Tell everybody whose token ends soon, each marked as soon as the mail server has accepted.

    One process at a time, by a lock in the database `iargus`. A mail may reach a person twice only
    if this process dies between the server's acceptance and the mark; its Message-ID is the same
    then, by which mail programs know it. One that fails is tried again by the next run.

    Raises:
        DatabaseUnavailable: tokens cannot be read or marked.
    """
    days = settings.policy.tokens.announce_expiry_days
    due = notices.due(clock(), days=days)
    server = settings.environment.smtp
    if not due:
        return Delivery()
    if server is None:
        return Delivery(waiting=len(due), reason="SMTP_SERVER is not set")
    lock = JobLock(labelled, ANNOUNCEMENT, clock=clock, timeout_s=_LOCK_TIMEOUT_S)
    try:
        with lock.held():
            sent, reason = 0, None
            failed: set[str] = set()
            while due := _left(notices.due(clock(), days=days), failed):
                for record in due:
                    lock.renew()
                    if not notices.still_due(record.jti):
                        continue
                    try:
                        _send(record, server, settings, clock)
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


def _left(due: Sequence[TokenRecord], failed: set[str]) -> list[TokenRecord]:
    return [record for record in due if record.jti not in failed]


def _send(record: TokenRecord, server: SmtpServer, settings: Settings, clock: Clock) -> None:
    message = compose(record, settings, clock)
    alone = server.model_copy(update={"recipients": (record.holder.email,)})
    with smtp.session(alone, settings.policy.mail.timeout_s) as client:
        smtp.send(client, alone, message)


def compose(record: TokenRecord, settings: Settings, clock: Clock) -> EmailMessage:
    """The mail about one token, in plain text.

    Raises:
        MailNotSent: the address cannot stand in a header.
    """
    message = EmailMessage(MailPolicy())
    try:
        message["Subject"] = f"Your token for IArgus ends on {record.expires_at:%Y-%m-%d}"
        message["From"] = sender_of(settings)
        message["To"] = record.holder.email
        # The same for every attempt.
        message["Message-ID"] = f"<expiry.{record.jti}@iargus>"
    except ValueError:
        raise MailNotSent("the address of the holder cannot stand in a mail") from None
    message["Date"] = format_datetime(clock().astimezone(UTC))
    # RFC 3834: no out-of-office answers to this one.
    message["Auto-Submitted"] = "auto-generated"
    name = printable(record.holder.first_name, 100)
    text = _TEMPLATES.get_template("expiry.txt.j2").render(record=record, name=name)
    message.set_content(text, cte="quoted-printable")
    return message
