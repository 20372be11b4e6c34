"""What a person should do, fit for a mail. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.view.advice import NOTHING, Advice, Step, advice_of
from iargus.monitoring.view.mail.kinds import Kind
from iargus.monitoring.view.mail.text import printable

_MAX_CHARS = 600


def advice_for(kinds: Sequence[Kind], outcome: TaskOutcome) -> Advice:
    """The steps that the report gives too. What earlier mails had said is known to mails only, and
    a mail without a step says so."""
    given = advice_of(outcome.to_json())
    steps = [_fitted(step) for step in given.steps]
    if Kind.RECOVERY in kinds:
        steps.append(Step("What is named as told before is over, and asks for nothing."))
    aside = None if given.aside is None else _fitted(given.aside)
    return Advice(steps or [Step(NOTHING)], aside, given.urgent)


def _fitted(step: Step) -> Step:
    """Bytes are limited too. A command is short as it is, and would be another one when cut."""
    return Step(printable(step.text, _MAX_CHARS), step.commands)
