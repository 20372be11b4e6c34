"""What to do about a model that is over its limit."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import Situation
from iargus.monitoring.view.advice.step import Step
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.names import listed
from iargus.monitoring.view.reading import Document


def about_breach(document: Document, situation: Situation) -> Iterator[Step]:
    """Nothing where the model that serves now is within the limit."""
    if not situation.monthly:
        yield Step("If these rows are right, train a model on rows such as these:", situation.train)
        return
    if situation.wins and situation.trial:
        yield Step("This was a trial, which wrote nothing. To do it:", (situation.judge,))
    if not situation.over:
        return
    worst = listed(situation.worst, most=3)
    where = f", first where the error is largest ({worst})" if worst else ""
    yield Step(
        f"Look at the newest labelled rows of {situation.task}{where}: wrong units, placeholders "
        "as labels, or a kind of input that is new."
    )
    yield Step("If the rows are right, train with more or better data:", situation.train)
    yield from _about_worse(document, situation)
    limit = reading.number(document, "threshold")
    wanted = "the limit" if limit is None else f"an error of {percent(limit)}"
    yield Step(
        f"If {wanted} can no longer be had, change tasks.{situation.task}.threshold in config.yml, "
        "and judge the month again:",
        (situation.judge_again,),
    )


def _about_worse(document: Document, situation: Situation) -> Iterator[Step]:
    """A challenger may be better on the whole, and kept out by a segment."""
    retraining = reading.part(document, "retraining")
    worse = reading.parts(retraining, "worse")
    champion = reading.number(retraining, "champion_error")
    challenger = reading.number(retraining, "challenger_error")
    if not worse or not situation.challenger or champion is None or challenger is None:
        return
    if not situation.wins and challenger < champion:
        where = listed([each.get("segment", "") for each in worse], most=3)
        yield Step(
            f"Version {situation.challenger} is better on the whole, and stayed out because it is "
            f"worse on {where}. If that can be borne, promote it:",
            (situation.promote(situation.challenger),),
        )
