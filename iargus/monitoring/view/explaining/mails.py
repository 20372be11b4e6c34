"""Which mails a month asked for, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.mailing.status import MailStatus
from iargus.monitoring.view.mail.kinds import in_words
from iargus.monitoring.view.reading import Document, text, texts
from iargus.text import counted


def mails_of(document: Document, mails: Sequence[MailStatus]) -> list[str]:
    """One line per mail, then the further reasons."""
    lines = [_line(mail) for mail in mails]
    asked = text(document, "mail")
    if not asked and not lines:
        lines = ["None was asked for."]
    if asked and asked not in {mail.kind for mail in mails}:
        lines.append(f"“{in_words(asked)}” was asked for; the outbox does not hold it.")
    also = [in_words(kind) for kind in texts(document, "also")]
    if also:
        lines.append(f"Further reasons for it: {', '.join(also)}.")
    return lines


def mail_brief(mail: MailStatus) -> str:
    """`mail “drift” sent`."""
    return f"mail “{in_words(mail.kind)}” {'waiting' if mail.sent_at is None else 'sent'}"


def _line(mail: MailStatus) -> str:
    kind = f"“{in_words(mail.kind)}”"
    if mail.sent_at is not None:
        return f"{kind} was sent at {mail.sent_at:%Y-%m-%d %H:%M} UTC."
    line = f"{kind} waits in the outbox since {mail.created_at:%Y-%m-%d %H:%M} UTC"
    if mail.attempts:
        line += f", after {counted(mail.attempts, 'attempt')}"
    return f"{line}: {mail.last_error}" if mail.last_error else f"{line}."
