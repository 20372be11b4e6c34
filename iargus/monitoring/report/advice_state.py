"""What to do about the state of a model. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.report import reading
from iargus.monitoring.report.figures import percent, rows
from iargus.monitoring.report.reading import Document
from iargus.monitoring.report.situation import Situation
from iargus.monitoring.report.step import Step
from iargus.monitoring.report.text import listed

LOW_POWER = 0.5


def about_state(outcome: Document, situation: Situation) -> Iterator[Step]:
    """Nothing for a state that asks for nothing."""
    power = reading.number(outcome, "power")
    if situation.state == "failed":
        yield Step(
            "Mend what the sentence above names. The month stays due: the next run judges it, or "
            "you do now.",
            ("iargus doctor", situation.judge),
        )
    elif situation.state == "breach":
        yield from _about_breach(outcome, situation)
    elif situation.state == "suspect" and power is not None and power < LOW_POWER:
        yield Step(
            "See that more labelled rows come in: so few prove an error a tenth above the limit in "
            f"only {percent(power)} of months, so that a real fault would show late."
        )
    elif situation.state == "insufficient" and situation.monthly:
        yield Step(
            f"See that labelled rows come in: there were {rows(reading.count(outcome, 'rows'))}. "
            "They count again next month; if more come in for this one, judge it again.",
            (situation.judge_again,),
        )


def _about_breach(outcome: Document, situation: Situation) -> Iterator[Step]:
    task = situation.argument
    train = (f"iargus train {task}", f"iargus models promote {task} VERSION")
    if not situation.monthly:
        yield Step("If these rows are right, train a model on rows such as these.", train)
        return
    if situation.wins and situation.trial:
        yield Step("This was a trial, which wrote nothing. To do it:", (situation.judge,))
    if not situation.over:
        return
    yield Step(
        "Look at the newest labelled rows: wrong units, placeholders as labels, or a kind of "
        "input that is new."
    )
    yield Step("If the rows are right, train with more or better data.", train)
    yield from _about_worse(outcome, situation)
    limit = percent(reading.number(outcome, "threshold"))
    yield Step(
        f"If an error of {limit} can no longer be had, change tasks.{situation.task}.threshold in "
        "config.yml, and judge the month again.",
        (situation.judge_again,),
    )


def _about_worse(outcome: Document, situation: Situation) -> Iterator[Step]:
    """A challenger may be better on the whole, and kept out by a segment."""
    retraining = reading.part(outcome, "retraining") or {}
    worse = reading.parts(retraining, "worse")
    champion = reading.number(retraining, "champion_error")
    challenger = reading.number(retraining, "challenger_error")
    if not worse or not situation.challenger or champion is None or challenger is None:
        return
    if not situation.wins and challenger < champion:
        where = listed([each.get("segment", "") for each in worse], most=3)
        yield Step(
            f"Version {situation.challenger} is better on the whole, and stayed out because it is "
            f"worse on {where}. If that can be borne, promote it.",
            (f"iargus models promote {situation.argument} {situation.challenger}",),
        )
