"""All steps for a month, the most urgent first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iargus.mailing.content import Step
from iargus.monitoring.stats.performance.verdict import BELIEVABLE_ROWS
from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.data import about_data, about_input
from iargus.monitoring.view.advice.situation import (
    LOW_POWER,
    Situation,
    situation_of,
    without_repeats,
)
from iargus.monitoring.view.advice.state import about_state
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.names import listed
from iargus.monitoring.view.reading import Document


def about_schedule(document: Document) -> Iterator[Step]:
    missed = reading.texts(document, "missed_periods")
    if missed:
        yield Step(
            f"No run had judged {listed(missed, most=3)}. Find out why, and see that the monthly "
            "run is started on time: the schedule, the machine, the log. This checks what a run "
            "needs:",
            ("iargus doctor",),
        )


def aside_of(document: Document, situation: Situation) -> Step:
    """A step without a text where there is nothing of the kind."""
    if not situation.monthly:
        return Step("")
    if situation.promoted and situation.faulty:
        return Step("")  # going back is one of the steps
    if situation.promoted:
        return Step(
            f"Should version {situation.serving} disappoint, this brings back version "
            f"{situation.champion}:",
            (situation.roll_back,),
        )
    match situation.state:
        case "breach" if not situation.over:
            return Step("On the newest rows the champion is within the limit, so it stays.")
        case "suspect":
            return _about_suspicion(situation)
        case "insufficient" if reading.count(document, "rows") >= BELIEVABLE_ROWS:
            # With fewer, the setting changes nothing.
            return Step(
                "If so few rows are usual, lower monitoring.minimum_rows in config.yml, and read "
                "the power with care."
            )
        case "healthy":
            return _about_power(reading.number(document, "power"))
    return Step("")


def _about_suspicion(situation: Situation) -> Step:
    worst = listed(situation.worst, most=3)
    where = f" The error is largest on {worst}." if worst else ""
    return Step(
        "Suspect months add up: if the error is real, later months prove it, and the job "
        f"retrains.{where} If you know that it is no chance, train now:",
        situation.train,
    )


def _about_power(power: float | None) -> Step:
    if power is None or power >= LOW_POWER:
        return Step("")
    return Step(
        "So few labelled rows say little: they prove an error a tenth above the limit in only "
        f"{percent(power)} of months."
    )


NOTHING = "Nothing."  # where there is no step


@dataclass(frozen=True)
class Advice:
    """`urgent` when the service is at fault now; `aside` is good to know, and needs nobody."""

    steps: list[Step]
    aside: Step | None
    urgent: bool


def advice_of(document: Document) -> Advice:
    """The steps in the order in which they should be taken."""
    situation = situation_of(document)
    *steps, last = without_repeats(
        [
            # A fault of the data may be the reason for all that follows.
            *about_data(document, situation),
            *about_state(document, situation),
            *about_input(document, situation),
            *about_schedule(document),
            aside_of(document, situation),
        ]
    )
    return Advice(
        steps=steps,
        aside=last if last.text else None,
        urgent=situation.over or situation.state == "failed",
    )
