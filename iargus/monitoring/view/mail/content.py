"""Everything that a mail says, in the order in which both of its forms say it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iargus.mailing.content import Content, Step
from iargus.monitoring.result import Status, TaskOutcome, plain
from iargus.monitoring.view import reading
from iargus.monitoring.view.advice import NOTHING, Advice, advice_of
from iargus.monitoring.view.challenger_outcome import outcome_of
from iargus.monitoring.view.mail.facts import contest_of, facts_of, version
from iargus.monitoring.view.mail.findings import drift_of, quality_of
from iargus.monitoring.view.mail.reasons import Kind, in_order, severity_of, was_bad
from iargus.monitoring.view.mail.text import links_of
from iargus.monitoring.view.wording import percent
from iargus.settings import Settings
from iargus.text import printable

_MAX_CHARS = 600


def advice_for(kinds: Sequence[Kind], outcome: TaskOutcome) -> Advice:
    """The steps that the report gives too. What earlier mails had said is known to mails only, and
    a mail without a step says so."""
    given = advice_of(outcome.to_json())
    steps = [_fitted(step) for step in given.steps]
    if Kind.RECOVERY in kinds:
        steps.append(Step("What was reported before is over, and asks for nothing."))
    aside = None if given.aside is None else _fitted(given.aside)
    return Advice(steps or [Step(NOTHING)], aside, given.urgent)


def _fitted(step: Step) -> Step:
    """Bytes are limited too. A command is short as it is, and would be another one when cut."""
    return Step(printable(step.text, _MAX_CHARS), step.commands)


_MAX_SENTENCE_CHARS = 1000


def content_of(
    kinds: Sequence[Kind],
    outcome: TaskOutcome,
    settings: Settings,
    *,
    before: Mapping[str, Any] | None,
    failed_before: bool,
) -> Content:
    first, *further = in_order(kinds)
    observed = outcome.observed
    sections = (drift_of(observed), quality_of(observed), contest_of(outcome))
    task = printable(outcome.task, 64)
    resolved = _resolved(before, failed_before, outcome) if Kind.RECOVERY in kinds else ()
    advice = advice_for(kinds, outcome)
    return Content(
        severity=severity_of(kinds),
        title=_title(first, outcome, before),
        also=tuple(_title(kind, outcome, before) for kind in further),
        sentence=printable(outcome.sentence, _MAX_SENTENCE_CHARS),
        resolved=tuple(resolved),
        steps=tuple(advice.steps),
        aside=advice.aside,
        facts=facts_of(outcome),
        sections=tuple(section for section in sections if section is not None),
        done=tuple(_done(outcome)),
        links=links_of(outcome, settings),
        picture_text=_picture_text(task, outcome),
    )


def _title(kind: Kind, outcome: TaskOutcome, before: Mapping[str, Any] | None) -> str:
    task, retraining = printable(outcome.task, 64), outcome.retraining
    if kind is Kind.BREACH_NOT_FIXED and (retraining is None or not retraining.holdout_rows):
        return f"{task} is over its limit, and no retraining was possible"
    if kind is Kind.RECOVERY and not was_bad(before):
        return f"{task} could be judged after all, and is good"
    if kind is Kind.MISSED_RUN and len(outcome.missed_periods) > 1:
        return f"{len(outcome.missed_periods)} months of {task} had passed without a run"
    return _TITLES[kind].format(task=task)


def _resolved(
    before: Mapping[str, Any] | None, failed_before: bool, outcome: TaskOutcome
) -> Iterator[str]:
    if before is not None and was_bad(before):
        # Not its whole sentence: what it says of the input may hold still.
        error, limit = reading.number(before, "error"), reading.number(before, "threshold")
        said = f"error {percent(error)}, over its limit of {percent(limit)}"
        yield f"{printable(before.get('period', ''), 7)}: {said}"
    if failed_before:
        yield f"{outcome.period}: it could not be judged at first."


def _done(outcome: TaskOutcome) -> Iterator[str]:
    retraining = outcome.retraining
    if outcome.status is Status.FAILED:
        if outcome.due is False:
            yield "It left what an earlier run had recorded about this month as it was."
        else:
            yield "It recorded no result for this month. Other tasks are judged all the same."
        yield "No second mail about this month comes while it goes on failing."
        return
    if retraining is None:
        yield "It recorded the month. Nothing was retrained, and the champion stays."
        return
    if not retraining.holdout_rows:
        yield "It recorded the month. There were no rows to compare models on; the champion stays."
        return
    new = retraining.challenger_version
    yield f"It held out the newest {retraining.holdout_rows:,} rows."
    yield (
        f"It trained {'a challenger' if new is None else version(new)} on "
        f"{retraining.learned_rows:,} older rows."
    )
    if outcome.serving_version != outcome.champion_version:
        yield "It promoted the challenger, which serves from now on, and recorded the month."
    elif retraining.refused is not None:
        yield "The champion stays, for the challenger cannot be served; the month is recorded."
    else:
        shown = outcome_of(plain(retraining))
        yield f"The champion stays, for the challenger {shown}; the month is recorded."


def _picture_text(task: str, outcome: TaskOutcome) -> str:
    now = "" if outcome.error is None else f"; {outcome.period}: {percent(outcome.error)}"
    return f"Error of {task} by month against its limit of {percent(outcome.threshold)}{now}"


_TITLES = {
    Kind.FAILED_RUN: "{task} could not be judged",
    Kind.BREACH_NOT_FIXED: "{task} is over its limit, and retraining did not fix it",
    Kind.QUALITY: "The rows of {task} have serious faults",
    Kind.ESTIMATE: "The error of {task} is probably above the threshold; too few labels to judge",
    Kind.DRIFT: "The input of {task} has changed",
    Kind.SUSPECT: "{task} is over its limit, which may be chance",
    Kind.BREACH_FIXED: "{task} was over its limit and is within it again",
    Kind.MISSED_RUN: "A month of {task} had passed without a run",
    Kind.RECOVERY: "{task} is good again",
}
