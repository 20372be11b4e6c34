"""A mail of the outbox as the e-mail that goes out."""

from __future__ import annotations

import socket
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime

from iargus.errors import MailNotSent
from iargus.monitoring.outbox import StoredMail
from iargus.settings import Settings


def sender_of(settings: Settings) -> str:
    """Who mails come from: `mail.sender`, else SMTP_LOGIN where that is an address, else
    iargus@ this host."""
    server = settings.environment.smtp
    login = server.login if server is not None else None
    if settings.policy.mail.sender:
        return settings.policy.mail.sender
    if login is not None and "@" in login:
        return login
    return f"iargus@{socket.gethostname()}"


def compose(stored: StoredMail, settings: Settings) -> EmailMessage:
    """Plain text and HTML, to every address in SMTP_RECIPIENT.

    Raises:
        MailNotSent: a header would hold a line break or another character that it must not.
    """
    server = settings.environment.smtp
    assert server is not None
    message = EmailMessage()
    try:
        message["Subject"] = stored.mail.subject
        message["From"] = sender_of(settings)
        message["To"] = ", ".join(server.recipients)
        message["Message-ID"] = stored.mail.message_id
    except ValueError as error:
        # EmailMessage takes no line break, so nothing can add a header of its own.
        raise MailNotSent(f"the mail {stored.id} cannot be written: {error}") from None
    message["Date"] = format_datetime(stored.created_at.replace(tzinfo=UTC))
    # RFC 3834: no out-of-office answers to this one.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(stored.mail.body_text)
    message.add_alternative(stored.mail.body_html, subtype="html")
    return message
