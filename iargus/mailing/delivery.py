"""Sending: one mail at once, or all that wait in the outbox."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from iargus.clock import Clock, to_naive_utc
from iargus.errors import MailNotSent, RunLocked
from iargus.mailing import smtp
from iargus.mailing.message import Delivery, Mail, compose
from iargus.mailing.outbox import Outbox, StoredMail
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.locks import DELIVERY, JobLock

logger = logging.getLogger(__name__)

LOCK_TIMEOUT_S = 1800.0
NO_SERVER = "SMTP_SERVER is not set"


def send_mail(
    mail: Mail, settings: Settings, *, at: datetime, to: Sequence[str] | None = None
) -> int:
    """Compose a mail and hand it to the mail server: every mail leaves here.

    Mails to the operators wait in the `Outbox` and are sent by `deliver`. Three kinds of mail do
    not wait there, since its rows have no recipient, stay after they were sent, and lie in
    `iargus`: links of confirmation are secrets, and are made as they are sent (`auth.issuing`);
    notices of expiry hold personal data, and the table of tokens records them
    (`auth.expiry_notices`); mails about refused versions come from hosts whose account may not
    write there (`serving.sync.refusal_mails`).

    Args:
        at: when the mail was written, in UTC.
        to: addresses as the envelope takes them; those in SMTP_RECIPIENT by default.

    Returns:
        How many of several recipients were refused. A mail that the server took for one of
        them counts as sent: a second attempt would reach that one twice.

    Raises:
        MailRefused: the server refuses every recipient for good; a retry is of no use.
        MailNotSent: it cannot be sent now; the message says why and holds no address.
    """
    server = settings.environment.smtp
    if server is None:
        raise MailNotSent(NO_SERVER)
    recipients = server.recipients if to is None else to
    message = compose(mail, settings, to=recipients, at=at)
    return smtp.send(server, message, to=recipients, timeout_s=settings.policy.mail.timeout_s)


def deliver(
    database: Database, settings: Settings, clock: Clock, *, at_once: bool = False
) -> Delivery:
    """Send every mail of the outbox that is due, the oldest first, each marked as soon as it is
    accepted.

    A mail that fails stays, and is due again after a pause (`outbox.BACKOFF`); `at_once` tries
    those that pause too. A mail may reach people twice only if this process dies between the
    server's acceptance and the mark; its Message-ID is the same then. Refusals of some recipients
    are logged and recorded with the mail.

    Raises:
        DatabaseUnavailable: the outbox cannot be read or marked.
    """
    outbox = Outbox(database)
    lock = JobLock(database, DELIVERY, clock=clock, timeout_s=LOCK_TIMEOUT_S)
    pending = outbox.pending()
    if not pending:
        lock.forget_dead()
        return Delivery()
    if settings.environment.smtp is None:
        logger.warning("%d mail(s) stay in the outbox: %s", len(pending), NO_SERVER)
        return Delivery(waiting=len(pending), reason=NO_SERVER)
    due_at = None if at_once else to_naive_utc(clock())
    if not any(stored.is_due(due_at) for stored in pending):
        return Delivery(waiting=len(pending), reason=_next_attempt(pending))
    sent, failed, reason = 0, 0, None
    try:
        with lock.held():
            # Read again: another process may have sent some before the lock was ours.
            for stored in outbox.pending():
                if not stored.is_due(due_at):
                    continue
                lock.renew()
                try:
                    _send_stored(stored, outbox, settings, clock)
                    sent += 1
                except MailNotSent as error:
                    reason = str(error)
                    outbox.mark_failed(stored, reason, to_naive_utc(clock()))
                    name = stored.mail.message_id
                    logger.error("mail %s was not sent and stays: %s", name, reason)
                    failed += 1
            left = outbox.pending()
    except RunLocked as error:
        logger.warning("%d mail(s) are left to another process: %s", len(pending), error)
        return Delivery(waiting=len(pending), reason=str(error))
    if left:
        # Why one was not sent says more than that others pause.
        reason = reason or _next_attempt(left)
    return Delivery(sent=sent, failed=failed, waiting=len(left), reason=reason)


def _send_stored(stored: StoredMail, outbox: Outbox, settings: Settings, clock: Clock) -> None:
    # One connection each: mails are few, and one that breaks must not take others along.
    refused = send_mail(stored.mail, settings, at=stored.created_at)
    note = None
    if refused:
        server = settings.environment.smtp
        asked = 0 if server is None else len(server.recipients)
        note = f"{refused} of {asked} recipients were refused"
        logger.error("mail %s: %s", stored.mail.message_id, note)
    outbox.mark_sent(stored.id, to_naive_utc(clock()), note=note)
    logger.info("mail %s was sent", stored.mail.message_id)


def _next_attempt(waiting: Sequence[StoredMail]) -> str:
    """That no mail server was asked, and when one will be. What it said to an earlier attempt may
    no longer hold; `iargus outbox list` has it."""
    ends = [stored.next_attempt_at for stored in waiting if stored.next_attempt_at is not None]
    if not ends:
        return "mails were queued during the delivery"
    due = f"{min(ends):%Y-%m-%d %H:%M} UTC"
    return (
        f"after failed attempts the next is due at {due}; `iargus outbox deliver --now` tries at "
        "once"
    )
