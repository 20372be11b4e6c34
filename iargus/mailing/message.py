"""A mail, and the e-mail message that it becomes: headers, text, HTML and picture."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr

from iargus.errors import MailNotSent
from iargus.settings import Settings

_ADDRESS = re.compile(r"[^\s<>,;:]+@[^\s<>,;]+")


@dataclass(frozen=True)
class Mail:
    """A mail without sender and recipients: those are read when it is sent. `content.write_mail`
    makes one.

    `picture` is a PNG that the HTML shows by the name `content_id`. Task, period and kind are what
    the outbox finds a mail by, and empty for those that are not stored there.
    """

    message_id: str  # with its angle brackets; the same for every attempt
    subject: str
    body_text: str
    body_html: str
    picture: bytes | None = None
    task: str = ""
    period: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Delivery:
    """How many mails of a run were sent, failed, and wait now (the failed ones among them, and
    those that failed before and are not due again)."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    reason: str | None = None


def compose(mail: Mail, settings: Settings, *, to: Sequence[str], at: datetime) -> EmailMessage:
    """Plain text and HTML, the picture inside the latter. `at`, in UTC, is when it was written.

    Raises:
        MailNotSent: a header would hold a line break or another character that it must not.
    """
    message = EmailMessage(_Policy())
    try:
        message["Subject"] = mail.subject
        message["From"] = sender_of(settings)
        message["To"] = ", ".join(to)
        message["Message-ID"] = mail.message_id
    except ValueError as error:
        # EmailMessage takes no line break, so nothing can add a header of its own.
        raise MailNotSent(f"the mail cannot be written: {without_addresses(error)}") from None
    message["Date"] = format_datetime(at.replace(tzinfo=UTC))
    # RFC 3834: no out-of-office answers to this one.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body_text, cte=_encoding(mail.body_text))
    message.add_alternative(mail.body_html, subtype="html", cte=_encoding(mail.body_html))
    if mail.picture is not None:
        _add_picture(message, mail.picture, content_id(mail.message_id))
    return message


def sender_of(settings: Settings) -> str:
    """`mail.sender`, else SMTP_LOGIN where that is an address, else iargus@ this host."""
    server = settings.environment.smtp
    login = server.login if server is not None else None
    if settings.policy.mail.sender:
        return settings.policy.mail.sender
    if login is not None and "@" in login:
        return login
    return f"iargus@{socket.gethostname()}"


def domain_of(settings: Settings) -> str:
    """The domain of the sender, which Message-IDs end with."""
    return parseaddr(sender_of(settings))[1].rpartition("@")[2] or "localhost"


def identity_of(about: Sequence[str], settings: Settings) -> str:
    """A Message-ID that is the same for the same subject matter of the same installation, so that
    no mail is queued twice and mail programs recognise a repeated one.

    The database's place is part of it, which keeps two installations that mail the same people
    apart. A digest, because a long header would be folded, and some readers keep the fold.
    """
    # Imported here: it brings SQLAlchemy, which a message needs for nothing else.
    from iargus.storage.dialects import configured

    place = configured(settings).place(settings)
    digest = hashlib.sha256("\n".join((*about, place)).encode()).hexdigest()[:24]
    return f"<iargus.{digest}@{domain_of(settings)}>"


def without_addresses(error: object) -> str:
    """What an error says, in one line that logs may hold: some repeat the addresses of a mail."""
    return _ADDRESS.sub("<address>", " ".join(str(error).split()))[:300]


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


def _encoding(body: str) -> str:
    """The shorter one. Python looks at the first ten lines only, and names come later."""
    beyond_ascii = sum(2 for char in body.encode() if char > 127)
    return "base64" if beyond_ascii > len(body.encode()) / 3 else "quoted-printable"


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


class _Policy(EmailPolicy):
    """Writes a subject that is not plain ASCII as encoded words from its first letter on
    (RFC 2047). Python encodes single words of it, and where it breaks the line before one, some
    of its versions add a blank."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "subject" or str(value).isascii():
            return str(super().fold(name, value))
        words = Header(str(value), "utf-8", header_name=name, maxlinelen=75)
        return f"{name}: {words.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or str(value).isascii():
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")
