"""What is good to know, and needs nobody."""

from __future__ import annotations

from iargus.monitoring.stats.performance.verdict import BELIEVABLE_ROWS
from iargus.monitoring.view import reading
from iargus.monitoring.view.advice.situation import LOW_POWER, Situation
from iargus.monitoring.view.advice.step import Step
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.names import listed
from iargus.monitoring.view.reading import Document


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
