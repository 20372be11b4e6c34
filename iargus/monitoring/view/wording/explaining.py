"""All sections about a month, in the order in which people ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.mailing.content import Section, Step
from iargus.mailing.outbox import MailStatus
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.wording.actions import done, mails, where
from iargus.monitoring.view.wording.advice import NOTHING, advice_of
from iargus.monitoring.view.wording.contest import contest
from iargus.monitoring.view.wording.drift import drift
from iargus.monitoring.view.wording.facts import facts_of
from iargus.monitoring.view.wording.rows import estimate, quality, segments
from iargus.monitoring.view.wording.verdict import why
from iargus.text import SENTENCE_CHARS, printable

_UNSEEN = "The record of this month holds nothing about columns, quality and segments."


def sections_of(view: MonthView) -> list[Section]:
    """What the rows show beside the verdict; a section without anything to say is left out."""
    every = (drift(view), quality(view), segments(view), contest(view), estimate(view))
    return [section for section in every if section]


def explain(view: MonthView, found: Sequence[MailStatus] = ()) -> list[Section]:
    """Everything about one month but for `steps_of`.

    Args:
        found: the mails of the outbox about this task and month.
    """
    sentence = printable(view.sentence, SENTENCE_CHARS)
    seen = sections_of(view)
    if view.observed is None:
        seen.insert(0, Section("", "What the rows show beside the verdict", (_UNSEEN,)))
    did = done(view)
    sections = [
        Section("", "What was found", (sentence,) if sentence else (), facts_of(view)),
        why(view),
        *seen,
        Section("", did.title, (*did.sentences, *where(view))),
        mails(view, found),
    ]
    return [section for section in sections if section]


def steps_of(view: MonthView, found: Sequence[MailStatus] = ()) -> list[Step]:
    """What a person should do, then what is good to know."""
    given = advice_of(view)
    steps = list(given.steps)
    if any(each.sent_at is None for each in found):
        steps.append(Step("Send the mails that wait:", ("iargus outbox deliver",)))
    return [*(steps or [Step(NOTHING)]), *([] if given.aside is None else [given.aside])]
