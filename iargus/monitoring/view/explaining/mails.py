"""Which mails a month asked for, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.mailing.status import MailStatus
from iargus.monitoring.view.explaining.words import counted
from iargus.monitoring.view.mail.kinds import in_words
from iargus.monitoring.view.reading import Document, text, texts


def mails_of(document: Document, mails: Sequence[MailStatus]) -> list[str]:
    """One line per mail, then the further reasons."""
    lines = [_line(told) for told in mails]
    asked = text(document, "mail")
    if not asked and not lines:
        lines = ["None was asked for."]
    if asked and asked not in {told.kind for told in mails}:
        lines.append(f"“{in_words(asked)}” was asked for; the outbox does not hold it.")
    also = [in_words(kind) for kind in texts(document, "also")]
    if also:
        lines.append(f"Further reasons for it: {', '.join(also)}.")
    return lines


def mail_brief(told: MailStatus) -> str:
    """`mail “drift” sent`."""
    return f"mail “{in_words(told.kind)}” {'waiting' if told.sent_at is None else 'sent'}"


def _line(told: MailStatus) -> str:
    kind = f"“{in_words(told.kind)}”"
    if told.sent_at is not None:
        return f"{kind} was sent at {told.sent_at:%Y-%m-%d %H:%M} UTC."
    line = f"{kind} waits in the outbox since {told.created_at:%Y-%m-%d %H:%M} UTC"
    if told.attempts:
        line += f", after {counted(told.attempts, 'attempt')}"
    return f"{line}: {told.last_error}" if told.last_error else f"{line}."
