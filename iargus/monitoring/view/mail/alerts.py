"""The mails that a run may ask for: subject, plain text and HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from iargus.mailing.message import content_id
from iargus.mailing.outbox import Mail
from iargus.mailing.sender import domain_of
from iargus.monitoring.view.mail.content import Content, content_of
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.mail.subjects import subject_of
from iargus.monitoring.view.month_view import MonthView
from iargus.settings import Settings
from iargus.storage.dialects import configured

__all__ = ["Kind", "message_id", "write_alert"]


def write_alert(
    kinds: tuple[Kind, ...],
    view: MonthView,
    settings: Settings,
    *,
    picture: bytes | None,
    before: MonthView | None = None,
    failed_before: bool = False,
) -> Mail:
    """One mail for all reasons of one month (`reasons.reasons_for`); the first is its kind.

    Args:
        picture: the error by month as PNG, shown above the facts.
        before, failed_before: as `reasons_for` was given them; a recovery says what they had told.
    """
    identity = message_id(kinds[0], view, settings)
    content = content_of(kinds, view, settings, before=before, failed_before=failed_before)
    shown = None if picture is None else f"cid:{content_id(identity)}"
    text, html = render(content, shown)
    return Mail(
        message_id=identity,
        task=view.task,
        period=str(view.period),
        kind=kinds[0].value,
        subject=subject_of(kinds, view, before),
        body_text=text,
        body_html=html,
        picture=picture,
    )


def render(content: Content, picture: str | None) -> tuple[str, str]:
    """A mail as plain text and as HTML; `picture` is the address of its picture."""
    facts = {"mail": content, "picture": picture}
    return (
        _TEMPLATES.get_template("mail.txt.j2").render(facts),
        _TEMPLATES.get_template("mail.html.j2").render(facts),
    )


def message_id(kind: Kind, view: MonthView, settings: Settings) -> str:
    """The same for the same (task, period, kind) of the same installation, so that no mail is
    queued twice and a repeated one is known as such by mail programs.

    The database's place is part of it, which keeps two installations that mail the same people
    apart. A digest, because a long header would be folded, and some readers keep the fold.
    """
    return identity_of((view.task, str(view.period), kind.value), settings)


def identity_of(about: Sequence[str], settings: Settings) -> str:
    """A Message-ID that is the same for the same things of the same installation."""
    place = configured(settings).place(settings)
    digest = hashlib.sha256("\n".join((*about, place)).encode()).hexdigest()[:24]
    return f"<iargus.{digest}@{domain_of(settings)}>"


_TEMPLATES = Environment(
    loader=PackageLoader("iargus.monitoring.view.mail"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
