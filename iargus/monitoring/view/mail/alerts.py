"""The mails that a run may ask for: subject, plain text and HTML."""

from __future__ import annotations

from iargus.mailing.content import write_mail
from iargus.mailing.message import Mail, identity_of
from iargus.monitoring.view.mail.content import content_of
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.mail.subjects import subject_of
from iargus.monitoring.view.month_view import MonthView
from iargus.settings import Settings

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
    content = content_of(kinds, view, settings, before=before, failed_before=failed_before)
    return write_mail(
        "alert",
        message_id=message_id(kinds[0], view, settings),
        subject=subject_of(kinds, view, before),
        picture=picture,
        task=view.task,
        period=str(view.period),
        kind=kinds[0].value,
        mail=content,
    )


def message_id(kind: Kind, view: MonthView, settings: Settings) -> str:
    """The same for the same (task, period, kind) of the same installation."""
    return identity_of((view.task, str(view.period), kind.value), settings)
