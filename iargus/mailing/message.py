"""A mail of the outbox as the e-mail that goes out."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime

from iargus.errors import MailNotSent
from iargus.mailing.bodies import set_bodies
from iargus.mailing.outbox import Mail, StoredMail
from iargus.mailing.policy import MailPolicy
from iargus.mailing.sender import sender_of
from iargus.settings import Settings


def content_id(message_id: str) -> str:
    """What the HTML of a mail calls its picture, without angle brackets (RFC 2392)."""
    return f"history.{hashlib.sha256(message_id.encode()).hexdigest()[:24]}@iargus"


def as_page(mail: Mail) -> str:
    """The HTML of a mail as a file that stands alone, its picture within."""
    if mail.picture is None:
        return mail.body_html
    picture = base64.b64encode(mail.picture).decode()
    name = f"cid:{content_id(mail.message_id)}"
    return mail.body_html.replace(name, f"data:image/png;base64,{picture}")


def compose(stored: StoredMail, settings: Settings) -> EmailMessage:
    """Plain text and HTML, the picture inside the latter, to every address in SMTP_RECIPIENT.

    Raises:
        MailNotSent: a header would hold a line break or another character that it must not.
    """
    server = settings.environment.smtp
    assert server is not None
    message = EmailMessage(MailPolicy())
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
    set_bodies(message, text=stored.mail.body_text, html=stored.mail.body_html)
    if stored.mail.picture is not None:
        _add_picture(message, stored.mail.picture, content_id(stored.mail.message_id))
    return message


def _add_picture(message: EmailMessage, picture: bytes, name: str) -> None:
    """Into the HTML alternative, so that programs that show text never see a picture beside it."""
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(
        picture,
        maintype="image",
        subtype="png",
        cid=f"<{name}>",
        disposition="inline",
        filename="history.png",
    )
    # RFC 2387 asks for the type of the part that refers to the others.
    html.set_param("type", "text/html")
