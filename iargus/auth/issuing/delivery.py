"""Mails with a link: what they say, and the thread that sends them, beside the requests.

A mail holds nothing that the client has written, not even the name: otherwise anybody could send
words of his own to any address by way of this service.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from email.utils import make_msgid
from functools import partial

from iargus.auth.issuing.addresses import AllowList, for_envelope
from iargus.auth.issuing.codes import Code, link_text
from iargus.auth.issuing.decisions import Verdict, decide
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.background import Background
from iargus.clock import Clock, to_naive_utc
from iargus.errors import IArgusError, MailNotSent, MailRefused
from iargus.mailing.content import write_mail
from iargus.mailing.delivery import send_mail
from iargus.mailing.message import Mail, domain_of
from iargus.settings import Settings

logger = logging.getLogger(__name__)

PATH = "/get_token"
INTERVAL_S = 1.0
FORGET_EVERY_S = 600.0
# A stop waits as long for a mail that is on its way. What takes longer is sent again elsewhere.
STOP_TIMEOUT_S = 10.0
# An exchange with the mail server has about ten answers, each of which may take `mail.timeout_s`.
_ANSWERS = 10


def write_confirmation(link: Code, settings: Settings) -> Mail:
    """The mail of one attempt: each has another link, so its Message-ID is its own."""
    policy = settings.policy.issuing
    assert policy.public_url is not None
    return write_mail(
        "confirmation",
        message_id=make_msgid("iargus", domain=domain_of(settings)),
        subject="Your token: confirm that this address is yours",
        url=f"{policy.public_url.rstrip('/')}{PATH}/{link_text(link)}",
        minutes=policy.confirm_minutes,
        days=settings.policy.tokens.ttl_days,
    )


class ConfirmationSender(Background):
    """The thread of one worker that sends what is due, one after the other; any number of workers
    may do so at once."""

    def __init__(self, queue: ConfirmationQueue, settings: Settings, clock: Clock) -> None:
        super().__init__("confirmations")
        self._queue = queue
        self._settings = settings
        self._clock = clock
        policy = settings.policy.issuing
        allowed = AllowList(policy.allow) if policy.allow else None
        self._decide = partial(decide, policy=policy, allowed=allowed)
        self._lease = timedelta(seconds=_ANSWERS * settings.policy.mail.timeout_s)

    def run(self) -> None:
        """Look for requests every second, and delete now and then what has been over for a day."""
        rounds_to_forget = 0
        failing = False
        while not self.stopped.is_set():
            try:
                while not self.stopped.is_set() and self.deliver_one():
                    pass
                if rounds_to_forget <= 0:
                    self._queue.forget(to_naive_utc(self._clock()))
                    rounds_to_forget = int(FORGET_EVERY_S / INTERVAL_S)
                rounds_to_forget -= 1
                failing = False
            except IArgusError as error:
                if not failing:
                    logger.error("mails with links are not sent: %s", error)
                failing = True
            except Exception:
                # Without this thread nobody would get a mail any more.
                logger.exception("sending mails with links failed")
                failing = True
            self.stopped.wait(INTERVAL_S)

    def stop(self, *, timeout_s: float | None = STOP_TIMEOUT_S) -> None:
        """Ask the thread to end, and wait for it until a mail on its way should have gone."""
        super().stop(timeout_s=timeout_s)

    def deliver_one(self) -> bool:
        """Decide the oldest request that is due and send its mail; False when there is none.

        Raises:
            DatabaseUnavailable: the queue cannot be read or marked.
        """
        now = to_naive_utc(self._clock())
        claimed = self._queue.claim(now, lease=self._lease, decide=self._decide)
        if claimed is None:
            return False
        if claimed.link is None:
            level = logging.WARNING if claimed.verdict is Verdict.TOTAL_MAILS else logging.INFO
            logger.log(level, "request %d gets no mail: %s", claimed.id, claimed.verdict)
            return True
        try:
            mail = write_confirmation(claimed.link, self._settings)
            send_mail(mail, self._settings, at=self._clock(), to=[for_envelope(claimed.email)])
        except MailRefused as error:
            self._queue.mark_refused(claimed)
            logger.error("the mail of request %d was not sent, nor will be: %s", claimed.id, error)
        except MailNotSent as error:
            self._queue.mark_failed(claimed, to_naive_utc(self._clock()))
            logger.error("the mail of request %d was not sent: %s", claimed.id, error)
        else:
            self._queue.mark_sent(claimed)
            logger.info("the mail of request %d was sent", claimed.id)
        return True
