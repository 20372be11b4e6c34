"""Mails with a link: what they say, and how they are sent, beside the requests.

A mail holds nothing that the client has written, not even the name: otherwise anybody could send
words of his own to any address by way of this service.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from iargus.auth.issuing.addresses import AllowList, for_envelope
from iargus.auth.issuing.codes import Code, link_text
from iargus.auth.issuing.decisions import Verdict, decide
from iargus.auth.issuing.queue import Claimed, ConfirmationQueue
from iargus.background import Background
from iargus.clock import Clock, to_naive_utc
from iargus.errors import IArgusError, MailNotSent
from iargus.mailing import smtp
from iargus.mailing.bodies import set_bodies
from iargus.mailing.policy import MailPolicy
from iargus.mailing.sender import domain_of, sender_of
from iargus.settings import Settings

PATH = "/get_token"


def compose(email: str, link: Code, settings: Settings, *, now: datetime) -> EmailMessage:
    """Plain text and HTML, to one address.

    Raises:
        MailNotSent: a header would hold a character that it must not.
    """
    policy = settings.policy.issuing
    assert policy.public_url is not None
    facts = {
        "url": f"{policy.public_url.rstrip('/')}{PATH}/{link_text(link)}",
        "minutes": policy.confirm_minutes,
        "days": settings.policy.tokens.ttl_days,
    }
    message = EmailMessage(MailPolicy())
    try:
        message["Subject"] = "Your token: confirm that this address is yours"
        message["From"] = sender_of(settings)
        message["To"] = for_envelope(email)
    except ValueError as error:
        raise MailNotSent(f"the mail cannot be written: {type(error).__name__}") from None
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = make_msgid("iargus", domain=domain_of(settings))
    # RFC 3834: no out-of-office answers to this one.
    message["Auto-Submitted"] = "auto-generated"
    set_bodies(
        message,
        text=_TEMPLATES.get_template("mail.txt.j2").render(facts),
        html=_TEMPLATES.get_template("mail.html.j2").render(facts),
    )
    return message


_TEMPLATES = Environment(
    loader=PackageLoader("iargus.auth.issuing"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
FORGET_EVERY_S = 600.0
# A stop waits as long for a mail that is on its way. What takes longer is sent again elsewhere.
STOP_TIMEOUT_S = 10.0
# An exchange with the mail server has about ten answers, each of which may take `mail.timeout_s`.
_ANSWERS = 10


class ConfirmationSender:
    """Sends what is due, one after the other; any number of workers may do so at once."""

    def __init__(self, queue: ConfirmationQueue, settings: Settings, clock: Clock) -> None:
        self._queue = queue
        self._settings = settings
        self._clock = clock
        policy = settings.policy.issuing
        allowed = AllowList(policy.allow) if policy.allow else None
        self._decide = partial(decide, policy=policy, allowed=allowed)
        self._lease = timedelta(seconds=_ANSWERS * settings.policy.mail.timeout_s)

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
            self._send(claimed)
        except MailNotSent as error:
            self._queue.mark_failed(claimed, to_naive_utc(self._clock()))
            logger.error("the mail of request %d was not sent: %s", claimed.id, error)
        else:
            self._queue.mark_sent(claimed)
            logger.info("the mail of request %d was sent", claimed.id)
        return True

    def _send(self, claimed: Claimed) -> None:
        server = self._settings.environment.smtp
        assert server is not None
        assert claimed.link is not None
        message = compose(claimed.email, claimed.link, self._settings, now=self._clock())
        with smtp.session(server, self._settings.policy.mail.timeout_s) as client:
            smtp.send(client, server, message, to=[for_envelope(claimed.email)])

    def forget(self) -> None:
        """Delete what has been over for a day."""
        self._queue.forget(to_naive_utc(self._clock()))


class Delivery(Background):
    """The thread of one worker that sends, and forgets what is over."""

    def __init__(self, postman: ConfirmationSender) -> None:
        super().__init__("confirmations")
        self._postman = postman

    def run(self) -> None:
        """Look for requests every second."""
        rounds_to_forget = 0
        failing = False
        while not self.stopped.is_set():
            try:
                while not self.stopped.is_set() and self._postman.deliver_one():
                    pass
                if rounds_to_forget <= 0:
                    self._postman.forget()
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
