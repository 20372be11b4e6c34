"""What a person can do about a month, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iargus.mailing.status import MailStatus
from iargus.monitoring.view.advice import NOTHING, Step, advice_of
from iargus.monitoring.view.explaining.words import INDENT
from iargus.monitoring.view.reading import Document


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
