"""What a person should do: about the verdict, the data, the input, and the job itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iargus.monitoring.report import reading
from iargus.monitoring.report.advice_data import about_faults
from iargus.monitoring.report.advice_state import about_state
from iargus.monitoring.report.reading import Document
from iargus.monitoring.report.situation import Situation
from iargus.monitoring.report.step import Step
from iargus.monitoring.report.text import clean, listed


@dataclass(frozen=True)
class Advice:
    """`urgent` when the service is at fault now; `aside` is good to know, and needs nobody."""

    steps: list[Step]
    aside: Step | None
    urgent: bool


def advice_of(outcome: Document, situation: Situation) -> Advice:
    observed = reading.part(outcome, "observed") or {}
    return Advice(
        steps=[
            # A fault of the data may be the reason for all that follows.
            *about_faults(observed),
            *about_state(outcome, situation),
            *_about_observed(observed, situation),
            *_about_missed(outcome),
        ],
        aside=_aside(situation),
        urgent=situation.over or situation.state == "failed",
    )


def _about_observed(observed: Document, situation: Situation) -> Iterator[Step]:
    features = reading.parts(reading.part(observed, "drift") or {}, "features")
    drifted = [clean(each.get("feature", "")) for each in features if each.get("drifted")]
    if drifted:
        yield Step(
            f"Find out why the input changed ({listed(drifted, most=5)}). A new kind of customer "
            "or a season needs nothing, a fault upstream has to be mended. Drift alone retrains "
            "nothing."
        )
    if (reading.part(observed, "estimate") or {}).get("warns"):
        yield Step(
            f"Get labels for the newest predictions of {situation.task} soon: the model doubts "
            "so much that its error is probably over the limit."
        )


def _about_missed(outcome: Document) -> Iterator[Step]:
    missed = reading.strings(outcome, "missed_periods")
    if missed:
        yield Step(
            f"No run had judged {listed(missed, most=3)}. Find out why, and see that the monthly "
            "run is started on time.",
            ("iargus doctor",),
        )


def _aside(situation: Situation) -> Step | None:
    if situation.monthly and situation.promoted:
        return Step(
            f"Should version {situation.challenger} disappoint, this brings back version "
            f"{situation.champion}.",
            (f"iargus models rollback {situation.argument}",),
        )
    if situation.state == "suspect" and situation.monthly:
        return Step("Suspect months add up: if the error is real, later months prove it.")
    return None
