"""What to do about the verdict of a month, a breach before all. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.mailing.content import Step
from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import LOW_POWER, Situation
from iargus.monitoring.view.figures import percent, rows
from iargus.monitoring.view.names import listed
from iargus.monitoring.view.reading import Document
from iargus.monitoring.view.wording import counted_again


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
