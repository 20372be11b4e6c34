"""All that a person should do: about the data, the verdict, the input, and the job itself."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.view.advice.asides import aside_of
from iargus.monitoring.view.advice.data import about_data
from iargus.monitoring.view.advice.input import about_input
from iargus.monitoring.view.advice.schedule import about_schedule
from iargus.monitoring.view.advice.situation import situation_of
from iargus.monitoring.view.advice.state import about_state
from iargus.monitoring.view.advice.step import Step, without_repeats
from iargus.monitoring.view.reading import Document

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
