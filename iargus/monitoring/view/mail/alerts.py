"""The mails that a run may ask for: subject, plain text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iargus.mailing.content import write_mail
from iargus.mailing.message import Mail, identity_of
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.view.mail.content import content_of
from iargus.monitoring.view.mail.reasons import Kind
from iargus.monitoring.view.mail.subjects import subject_of
from iargus.settings import Settings

__all__ = ["Kind", "message_id", "write_alert"]


def write_alert(
    kinds: tuple[Kind, ...],
    outcome: TaskOutcome,
    settings: Settings,
    *,
    picture: bytes | None,
    before: Mapping[str, Any] | None = None,
    failed_before: bool = False,
) -> Mail:
    """One mail for all reasons of one outcome (`reasons.reasons_for`); the first is its kind.

    Args:
        picture: the error by month as PNG, shown above the facts.
        before, failed_before: as `reasons_for` was given them; a recovery says what they had told.
    """
    content = content_of(kinds, outcome, settings, before=before, failed_before=failed_before)
    return write_mail(
        "alert",
        message_id=message_id(kinds[0], outcome, settings),
        subject=subject_of(kinds, outcome, before),
        picture=picture,
        task=outcome.task,
        period=str(outcome.period),
        kind=kinds[0].value,
        mail=content,
    )


def message_id(kind: Kind, outcome: TaskOutcome, settings: Settings) -> str:
    """The same for the same (task, period, kind) of the same installation."""
    return identity_of((outcome.task, str(outcome.period), kind.value), settings)
