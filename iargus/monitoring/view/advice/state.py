"""What to do about the state of a model."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.breach import about_breach
from iargus.monitoring.view.advice.situation import LOW_POWER, Situation
from iargus.monitoring.view.advice.step import Step
from iargus.monitoring.view.figures import percent, rows
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.wording import counted_again


def about_state(document: Document, situation: Situation) -> Iterator[Step]:
    """Nothing for a state that asks for nothing."""
    power = reading.number(document, "power")
    if situation.state == "failed":
        yield from _about_failure(document, situation)
    elif situation.state == "breach":
        yield from about_breach(document, situation)
    elif situation.state == "suspect" and power is not None and power < LOW_POWER:
        yield Step(
            "See that more labelled rows come in: so few prove an error a tenth above the limit in "
            f"only {percent(power)} of months, so that a real fault would show late."
        )
    elif situation.state == "insufficient" and situation.monthly:
        start, end = (reading.timestamp(document, name) for name in ("window_start", "window_end"))
        if start is not None and start == end:
            yield Step(
                f"Nothing for this month: version {situation.champion} has learned from all of "
                "its rows. Those that are observed later are judged.",
            )
            return
        count = reading.count(document, "rows")
        again = "" if not count else f" {counted_again(count)}"
        yield Step(
            "See that labelled rows come in, by iargus import or as feedback on predictions: this "
            f"month had {rows(count)}.{again} If more of this month come in, judge it again while "
            "no later one is recorded:",
            (situation.judge_again,),
        )


def _about_failure(document: Document, situation: Situation) -> Iterator[Step]:
    yield Step(
        "Fix what the reason names. This checks databases, registry, mail server and disk:",
        ("iargus doctor",),
    )
    if not situation.monthly:
        return
    if document.get("due") is False:
        yield Step(
            "An earlier run has recorded the month, and that record stands. To judge it again, "
            "while no later one is recorded:",
            (situation.judge_again,),
        )
    else:
        # Of a later month, the window begins where the last recorded one ended.
        yield Step(
            "Until a run has recorded it, the month stays due, and the next run covers its rows. "
            "To judge it now:",
            (situation.judge,),
        )
