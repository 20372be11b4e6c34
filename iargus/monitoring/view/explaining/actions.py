"""What the job did about a month: actions, mails, and the advice it gave. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iargus.mailing.content import Step
from iargus.mailing.outbox import MailStatus, in_words
from iargus.monitoring.view.advice import NOTHING, advice_of
from iargus.monitoring.view.explaining.words import INDENT
from iargus.monitoring.view.reading import Document, count, part, periods, text, texts, timestamp
from iargus.monitoring.window import covered
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


def advice(document: Document, mails: Sequence[MailStatus] = ()) -> list[str]:
    """The steps in their order, each with its commands below it."""
    given = advice_of(document)
    steps = list(given.steps)
    if any(each.sent_at is None for each in mails):
        steps.append(Step("Send the mails that wait:", ("iargus outbox deliver",)))
    aside = [] if given.aside is None else [given.aside]
    return [line for step in (steps or [Step(NOTHING)]) + aside for line in _lines(step)]


def _lines(step: Step) -> Iterator[str]:
    yield step.text
    for command in step.commands:
        yield INDENT + command


def done(document: Document) -> list[str]:
    """Models first, then rows, then where to look further."""
    lines = [_models(document)]
    missed = texts(document, "missed_periods")
    if missed:
        lines.append(f"No run had judged {', '.join(missed)}{_covering(document)}.")
    refused = count(document, "refused_rows")
    if refused:
        lines.append(f"It set {counted(refused, 'row')} aside, whose label is none of this task.")
    if text(document, "run_id"):
        lines.append(f"All figures are in MLflow, run {text(document, 'run_id')}.")
    if text(document, "report"):
        lines.append(f"It wrote a report: {text(document, 'report')}")
    return lines


def _covering(document: Document) -> str:
    missed = periods(document, "missed_periods")
    start = timestamp(document, "window_start")
    if not covered(missed, start):
        return ", and the champion has learned from its rows since"
    since = "" if start is None or start <= missed[0].start else f" from {start:%Y-%m-%d} on"
    return f"; this one covered the time{since}"


def _models(document: Document) -> str:
    champion, serving = text(document, "champion_version"), text(document, "serving_version")
    retraining = part(document, "retraining")
    challenger = text(retraining, "challenger_version")
    stays = f"version {champion or '?'} stays the champion"
    if promoted(document):
        return f"It promoted version {serving}, which serves instead of version {champion}."
    if challenger:
        return f"It registered version {challenger} as challenger; {stays}."
    if retraining and count(retraining, "holdout_rows"):
        return f"It fitted a challenger; {stays}."
    if retraining:
        return f"It fitted nothing; {stays}."
    if text(document, "status") == "breach":
        return f"It retrained nothing; {stays}."
    return f"It retrained nothing, as only a breach asks for that; {stays}."


def promoted(document: Document) -> bool:
    champion, serving = text(document, "champion_version"), text(document, "serving_version")
    return bool(serving) and serving != champion
