"""The mail with the link.

It holds nothing that the one who asked has written, not even the name: otherwise anybody could
send words of his own to any address by way of this service.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from iargus.auth.issuing.addresses import for_envelope
from iargus.auth.issuing.codes import Code, link_text
from iargus.errors import MailNotSent
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
