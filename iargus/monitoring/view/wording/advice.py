"""What a person should do about a month, once for reports, mails and terminals.

Every text is one harmless line, whatever names the data hold; escaping markup is left to the page.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iargus.mailing.content import Step
from iargus.monitoring.stats.performance.verdict import BELIEVABLE_ROWS
from iargus.monitoring.view.figures import percent, rows, version
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.sentence import counted_again
from iargus.monitoring.view.wording.steps import (
    Commands,
    about_data,
    about_input,
    about_schedule,
    without_repeats,
)
from iargus.monitoring.view.wording.verdict import LOW_POWER
from iargus.text import capital, listed

__all__ = ["NOTHING", "Advice", "advice_of"]

NOTHING = "Nothing."  # where there is no step


@dataclass(frozen=True)
class Advice:
    """`urgent` when the service is at fault now; `aside` is good to know, and needs nobody."""

    steps: list[Step]
    aside: Step | None
    urgent: bool


def advice_of(view: MonthView) -> Advice:
    """The steps in the order in which they should be taken."""
    commands = Commands(view)
    *steps, aside = without_repeats(
        [
            # A fault of the data may be the reason for all that follows.
            *about_data(view, commands),
            *_about_status(view, commands),
            *about_input(view, commands),
            *about_schedule(view),
            _aside(view, commands),
        ]
    )
    urgent = view.over or view.status is Status.FAILED
    return Advice(steps, aside if aside.text else None, urgent)


def _about_status(view: MonthView, commands: Commands) -> Iterator[Step]:
    """Nothing for a state that asks for nothing."""
    match view.status:
        case Status.FAILED:
            yield from _about_failure(view, commands)
        case Status.BREACH:
            yield from _about_breach(view, commands)
        case Status.SUSPECT if view.power is not None and view.power < LOW_POWER:
            yield Step(
                "See that more labelled rows come in: so few prove an error a tenth above the "
                f"limit in only {percent(view.power)} of months, so that a real fault would show "
                "late."
            )
        case Status.INSUFFICIENT if view.monthly:
            yield _about_few_rows(view, commands)


def _about_few_rows(view: MonthView, commands: Commands) -> Step:
    if view.window_start is not None and view.window_start == view.window_end:
        return Step(
            f"Nothing for this month: {version(view.champion_version)} has learned from all of "
            "its rows. Those that are observed later are judged."
        )
    again = f" {counted_again(view.rows)}" if view.rows else ""
    return Step(
        "See that labelled rows come in, by iargus import or as feedback on predictions: this "
        f"month had {rows(view.rows)}.{again} If more of this month come in, judge it again while "
        "no later one is recorded:",
        (commands.judge_again,),
    )


def _about_failure(view: MonthView, commands: Commands) -> Iterator[Step]:
    yield Step(
        "Fix what the reason names. This checks databases, registry, mail server and disk:",
        ("iargus doctor",),
    )
    if not view.monthly:
        return
    if view.due is False:
        yield Step(
            "An earlier run has recorded the month, and that record stands. To judge it again, "
            "while no later one is recorded:",
            (commands.judge_again,),
        )
    else:
        # Of a later month, the window begins where the last recorded one ended.
        yield Step(
            "Until a run has recorded it, the month stays due, and the next run covers its rows. "
            "To judge it now:",
            (commands.judge,),
        )


def _about_breach(view: MonthView, commands: Commands) -> Iterator[Step]:
    """Nothing where the model that serves now is within the limit."""
    if not view.monthly:
        yield Step("If these rows are right, train a model on rows such as these:", commands.train)
        return
    if view.wins and view.trial:
        yield Step("This was a trial, which wrote nothing. To do it:", (commands.judge,))
    if not view.over:
        return
    worst = _worst(view)
    where = f", first where the error is largest ({worst})" if worst else ""
    yield Step(
        f"Look at the newest labelled rows of {commands.task}{where}: wrong units, placeholders "
        "as labels, or a kind of input that is new."
    )
    yield Step("If the rows are right, train with more or better data:", commands.train)
    yield from _about_worse(view, commands)
    limit = view.threshold
    wanted = "the limit" if limit is None else f"an error of {percent(limit)}"
    yield Step(
        f"If {wanted} can no longer be reached, change tasks.{commands.task}.threshold in "
        "config.yml, and judge the month again:",
        (commands.judge_again,),
    )


def _about_worse(view: MonthView, commands: Commands) -> Iterator[Step]:
    """A challenger may be better on the whole, and kept out by a segment."""
    retraining = view.retraining
    if retraining is None or not retraining.worse or view.wins:
        return
    champion, challenger = retraining.champion_error, retraining.challenger_error
    number = retraining.challenger_version
    if number and champion is not None and challenger is not None and challenger < champion:
        where = listed((each.segment for each in retraining.worse), most=3)
        yield Step(
            f"{capital(version(number))} is better on the whole, and stayed out because it is "
            f"worse on {where}. If that is acceptable, promote it:",
            (commands.promote(number),),
        )


def _aside(view: MonthView, commands: Commands) -> Step:
    """A step without a text where there is nothing of the kind."""
    faulty = view.observed is not None and bool(view.observed.serious)
    if not view.monthly or (view.promoted and faulty):
        return Step("")  # going back is one of the steps
    if view.promoted:
        return Step(
            f"Should {version(view.serves)} disappoint, this brings back "
            f"{version(view.champion_version)}:",
            (commands.roll_back,),
        )
    match view.status:
        case Status.BREACH if not view.over:
            return Step("On the newest rows the champion is within the limit, so it stays.")
        case Status.SUSPECT:
            worst = _worst(view)
            where = f" The error is largest on {worst}." if worst else ""
            return Step(
                "Suspect months add up: if the error is real, later months prove it, and the job "
                f"retrains.{where} If you know that it is no chance, train now:",
                commands.train,
            )
        case Status.INSUFFICIENT if view.rows >= BELIEVABLE_ROWS:
            # With fewer, the setting changes nothing.
            return Step(
                "If so few rows are usual, lower monitoring.minimum_rows in config.yml, and read "
                "the power with care."
            )
        case Status.HEALTHY if view.power is not None and view.power < LOW_POWER:
            return Step(
                "So few labelled rows say little: they prove an error a tenth above the limit in "
                f"only {percent(view.power)} of months."
            )
    return Step("")


def _worst(view: MonthView) -> str:
    found = () if view.observed is None else view.observed.segments
    return listed((each.segment for each in found), most=3)
