"""Sending what waits in the outbox."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from iargus.clock import Clock, to_naive_utc
from iargus.errors import MailNotSent, RunLocked
from iargus.mailing import smtp
from iargus.mailing.delivered import Delivery
from iargus.mailing.message import compose
from iargus.mailing.outbox import Outbox, StoredMail
from iargus.settings import Settings
from iargus.settings.environment import SmtpServer
from iargus.storage.database import Database
from iargus.storage.locks import DELIVERY, JobLock

logger = logging.getLogger(__name__)

_LOCK_TIMEOUT_S = 1800.0


def deliver(
    database: Database, settings: Settings, clock: Clock, *, at_once: bool = False
) -> Delivery:
    """Send every mail that is due, the oldest first, each marked as soon as it is accepted.

    A mail that fails stays, and is due again after a pause (`pauses.backoff_after`); `at_once`
    tries those that pause too. A mail may reach people twice only if this process
    dies between the server's acceptance and the mark; its Message-ID is the same then. A mail
    that the server took for some recipients and refused for others counts as sent, or those who
    have it would get it again with every run; the refusals are logged and kept with the mail.

    Raises:
        DatabaseUnavailable: the outbox cannot be read or marked.
    """
    outbox = Outbox(database)
    lock = JobLock(database, DELIVERY, clock=clock, timeout_s=_LOCK_TIMEOUT_S)
    pending = outbox.pending()
    if not pending:
        lock.forget_dead()
        return Delivery()
    server = settings.environment.smtp
    if server is None:
        reason = "SMTP_SERVER is not set"
        logger.warning("%d mail(s) stay in the outbox: %s", len(pending), reason)
        return Delivery(waiting=len(pending), reason=reason)
    due_at = None if at_once else to_naive_utc(clock())
    if not outbox.pending(due_at=due_at):
        return Delivery(waiting=len(pending), reason=_pausing(pending))
    try:
        with lock.held():
            # Read again: another process may have sent some before the lock was ours.
            due = outbox.pending(due_at=due_at)
            delivery = _OutboxSender(outbox, settings, server, clock, lock).send_all(due)
            left = outbox.pending()
            # Why one was not sent says more than that others pause.
            why = delivery.reason or (_pausing(left) if left else None)
            return replace(delivery, waiting=len(left), reason=why)
    except RunLocked as error:
        logger.warning("%d mail(s) are left to another process: %s", len(pending), error)
        return Delivery(waiting=len(pending), reason=str(error))


def _pausing(waiting: Sequence[StoredMail]) -> str:
    """That no mail server was asked, and when one will be. What it said to an earlier attempt may
    be long mended; `iargus outbox list` has it."""
    ends = [stored.next_attempt_at for stored in waiting if stored.next_attempt_at is not None]
    if not ends:
        return "mails wait that came meanwhile"
    due = f"{min(ends):%Y-%m-%d %H:%M} UTC"
    return (
        f"after failed attempts the next is due at {due}; `iargus outbox deliver --now` tries at "
        "once"
    )


class _OutboxSender:
    def __init__(
        self, outbox: Outbox, settings: Settings, server: SmtpServer, clock: Clock, lock: JobLock
    ) -> None:
        self._outbox = outbox
        self._settings = settings
        self._server = server
        self._clock = clock
        self._lock = lock

    def send_all(self, pending: Sequence[StoredMail]) -> Delivery:
        sent = 0
        reason: str | None = None
        for stored in pending:
            self._lock.renew()
            try:
                note = self._send(stored)
            except MailNotSent as error:
                reason = str(error)
                self._outbox.mark_failed(stored, reason, to_naive_utc(self._clock()))
                logger.error("mail %s was not sent and stays: %s", stored.mail.message_id, reason)
                continue
            self._outbox.mark_sent(stored.id, to_naive_utc(self._clock()), note=note)
            logger.info("mail %s was sent", stored.mail.message_id)
            sent += 1
        return Delivery(sent=sent, failed=len(pending) - sent, reason=reason)

    def _send(self, stored: StoredMail) -> str | None:
        message = compose(stored, self._settings)
        # One connection each: mails are few, and one that breaks must not take others along.
        with smtp.session(self._server, self._settings.policy.mail.timeout_s) as client:
            refused = smtp.send(client, self._server, message)
        if not refused:
            return None
        note = f"{refused} of {len(self._server.recipients)} recipients were refused"
        logger.error("mail %s: %s", stored.mail.message_id, note)
        return note
