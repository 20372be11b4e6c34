"""What to do about the state of a model."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring import reading
from iargus.monitoring.advice.breach import about_breach
from iargus.monitoring.advice.situation import LOW_POWER, Situation
from iargus.monitoring.advice.step import Step
from iargus.monitoring.figures import percent, rows
from iargus.monitoring.reading import Document


def about_state(document: Document, situation: Situation) -> Iterator[Step]:
    """Nothing for a state that asks for nothing."""
    power = reading.number(document, "power")
    if situation.state == "failed":
        yield from _about_failure(situation)
    elif situation.state == "breach":
        yield from about_breach(document, situation)
    elif situation.state == "suspect" and power is not None and power < LOW_POWER:
        yield Step(
            "See that more labelled rows come in: so few prove an error a tenth above the limit in "
            f"only {percent(power)} of months, so that a real fault would show late."
        )
    elif situation.state == "insufficient" and situation.monthly:
        found = rows(reading.count(document, "rows"))
        yield Step(
            "See that labelled rows come in, by iargus import or as feedback on predictions: this "
            f"month had {found}. They count again next month; if more come in, judge this one "
            "again:",
            (situation.judge_again,),
        )


def _about_failure(situation: Situation) -> Iterator[Step]:
    yield Step(
        "Mend what the reason names. This checks databases, registry, mail server and disk:",
        ("iargus doctor",),
    )
    if situation.monthly:
        yield Step(
            "The month stays due: the next scheduled run judges it. To do it now:",
            (situation.judge,),
        )
