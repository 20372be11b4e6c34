"""The mail about a month: all that it says, in the order in which both of its forms say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from iargus.mailing.content import Content, Fact, Links, Section, Step, web_address, write_mail
from iargus.mailing.message import Mail, identity_of
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.mail.reasons import Kind, in_order, severity_of, was_bad
from iargus.monitoring.view.mail.subjects import subject_of
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.wording.actions import done
from iargus.monitoring.view.wording.advice import NOTHING, Advice, advice_of
from iargus.monitoring.view.wording.explaining import sections_of
from iargus.monitoring.view.wording.facts import facts_of
from iargus.settings import Settings
from iargus.text import printable

_MAX_STEP_CHARS = 600
_MAX_SENTENCE_CHARS = 1000
_MAX_LINK_CHARS = 300
_MOST_FACTS = 8
_TITLES = {
    Kind.FAILED_RUN: "{task} could not be judged",
    Kind.BREACH_NOT_FIXED: "{task} is over its limit, and retraining did not fix it",
    Kind.QUALITY: "The rows of {task} have serious faults",
    Kind.ESTIMATE: "The error of {task} is probably over its limit; too few labels to judge",
    Kind.DRIFT: "The input of {task} has changed",
    Kind.SUSPECT: "{task} is over its limit, which may be chance",
    Kind.BREACH_FIXED: "{task} was over its limit and is within it again",
    Kind.MISSED_RUN: "A month of {task} had passed without a run",
    Kind.RECOVERY: "{task} is good again",
}


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


def content_of(
    kinds: Sequence[Kind],
    view: MonthView,
    settings: Settings,
    *,
    before: MonthView | None,
    failed_before: bool,
) -> Content:
    first, *further = in_order(kinds)
    resolved = _resolved(before, failed_before, view) if Kind.RECOVERY in kinds else ()
    advice = advice_for(kinds, view)
    return Content(
        severity=severity_of(kinds),
        title=_title(first, view, before),
        also=tuple(_title(kind, view, before) for kind in further),
        sentence=printable(view.sentence, _MAX_SENTENCE_CHARS),
        resolved=tuple(resolved),
        steps=tuple(advice.steps),
        aside=advice.aside,
        facts=facts_of(view),
        sections=tuple(_sections(view)),
        done=done(view).sentences,
        links=_links(view, settings),
        picture_text=_picture_text(view),
    )


def advice_for(kinds: Sequence[Kind], view: MonthView) -> Advice:
    """The steps that the report gives too. What earlier mails had said is known to mails only, and
    a mail without a step says so."""
    given = advice_of(view)
    steps = [_fitted(step) for step in given.steps]
    if Kind.RECOVERY in kinds:
        steps.append(Step("What was reported before is over, and asks for nothing."))
    aside = None if given.aside is None else _fitted(given.aside)
    return Advice(steps or [Step(NOTHING)], aside, given.urgent)


def _fitted(step: Step) -> Step:
    """Bytes are limited too. A command is short as it is, and would be another one when cut."""
    return Step(printable(step.text, _MAX_STEP_CHARS), step.commands)


def _sections(view: MonthView) -> Iterator[Section]:
    """Those that tell of something, in short: a mail is read on a phone."""
    for section in sections_of(view):
        if section.facts or section.name in ("contest", "estimate"):
            yield _first(section)


def _first(section: Section) -> Section:
    facts = section.facts[:_MOST_FACTS]
    if len(section.facts) > _MOST_FACTS:
        more = f"{len(section.facts) - _MOST_FACTS:,}"
        facts = (*facts, Fact("And more", more, "the report shows them all"))
    return replace(section, facts=facts)


def _links(view: MonthView, settings: Settings) -> Links:
    return Links(
        report=None if view.report is None else printable(view.report, _MAX_LINK_CHARS),
        run_id=None if view.run_id is None else printable(view.run_id, 64),
        server=web_address(settings.mlflow_uri),
    )


def _title(kind: Kind, view: MonthView, before: MonthView | None) -> str:
    task = printable(view.task, 64)
    if kind is Kind.BREACH_NOT_FIXED and view.contest is None:
        return f"{task} is over its limit, and no retraining was possible"
    if kind is Kind.RECOVERY and not was_bad(before):
        return f"{task} could be judged after all, and is good"
    if kind is Kind.MISSED_RUN and len(view.missed_periods) > 1:
        return f"{len(view.missed_periods)} months of {task} had passed without a run"
    return _TITLES[kind].format(task=task)


def _resolved(before: MonthView | None, failed_before: bool, view: MonthView) -> Iterator[str]:
    if before is not None and was_bad(before):
        # Not its whole sentence: what it says of the input may hold still.
        error, limit = percent(before.error), percent(before.threshold)
        yield f"{before.period or 'Before'}: error {error}, over its limit of {limit}"
    if failed_before:
        yield f"{view.period}: it could not be judged at first."


def _picture_text(view: MonthView) -> str:
    now = "" if view.error is None else f"; {view.period}: {percent(view.error)}"
    limit = percent(view.threshold)
    return f"Error of {printable(view.task, 64)} by month against its limit of {limit}{now}"
