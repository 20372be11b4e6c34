"""What a person should do, and with which command. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iargus.monitoring.report import reading
from iargus.monitoring.report.advice_data import faults
from iargus.monitoring.report.figures import percent, rows
from iargus.monitoring.report.reading import Document
from iargus.monitoring.report.situation import Situation
from iargus.monitoring.report.text import clean, listed

_LOW_POWER = 0.5


@dataclass(frozen=True)
class Advice:
    """A step: what to do, and the commands for it, in their order."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advised:
    """`urgent` when the service is at fault now; `aside` is good to know, and needs nobody."""

    steps: list[Advice]
    aside: Advice | None
    urgent: bool


def advised(outcome: Document, situation: Situation) -> Advised:
    observed = reading.part(outcome, "observed") or {}
    steps = [
        *_of_state(outcome, situation),
        *(Advice(text) for text in faults(observed)),
        *_of_observed(observed, situation),
    ]
    missed = reading.strings(outcome, "missed_periods")
    if missed:
        steps.append(
            Advice(
                f"No run had judged {listed(missed, most=3)}: see that the monthly run is started "
                "on time, by its schedule, and why it was not."
            )
        )
    return Advised(steps, _aside(situation), situation.over or situation.state == "failed")


def _of_state(outcome: Document, situation: Situation) -> Iterator[Advice]:
    task, state = situation.argument, situation.state
    again = f"iargus monitor --force --task {task}"
    if state == "failed":
        yield Advice(
            "Mend what the sentence above names. The month stays due: the next run judges it.",
            ("iargus doctor", f"iargus monitor --task {task}"),
        )
    elif state == "breach":
        yield from _of_breach(outcome, situation)
    elif state == "suspect" and (reading.number(outcome, "power") or 1.0) < _LOW_POWER:
        power = percent(reading.number(outcome, "power"))
        yield Advice(
            f"See that more labelled rows come in: so few confirm an error a tenth above the limit "
            f"in only {power} of months, so that a real fault would show late."
        )
    elif state == "insufficient" and situation.monthly:
        yield Advice(
            f"See that labelled rows come in: there were {rows(reading.count(outcome, 'rows'))}. "
            "They count again next month; once more are there, the month can be judged again.",
            (again,),
        )


def _of_breach(outcome: Document, situation: Situation) -> Iterator[Advice]:
    task = situation.argument
    train = (f"iargus train {task}", f"iargus models promote {task} VERSION")
    if not situation.monthly:
        yield Advice("If these rows are right, train a model on rows such as these.", train)
        return
    if situation.wins and situation.trial:
        yield Advice(
            "This was a trial, which wrote nothing. Let the run do what it has found.",
            (f"iargus monitor --task {task}",),
        )
    if not situation.over:
        return
    yield Advice(
        "Look at the newest labelled rows: wrong units, placeholders as labels, or a kind of "
        "input that is new."
    )
    yield Advice("If the rows are right, train with more or better data.", train)
    worse = reading.parts(reading.part(outcome, "retraining") or {}, "worse")
    if worse and situation.challenger and not situation.wins:
        where = listed([each.get("segment", "") for each in worse], most=3)
        yield Advice(
            f"Version {situation.challenger} stayed out because it is worse on {where}. If that "
            "can be borne, promote it.",
            (f"iargus models promote {task} {situation.challenger}",),
        )
    limit = percent(reading.number(outcome, "threshold"))
    yield Advice(
        f"If an error of {limit} can no longer be had, change tasks.{situation.task}.threshold in "
        "config.yml, and judge the month again.",
        (f"iargus monitor --force --task {task}",),
    )


def _of_observed(observed: Document, situation: Situation) -> Iterator[Advice]:
    features = reading.parts(reading.part(observed, "drift") or {}, "features")
    drifted = [clean(each.get("feature", "")) for each in features if each.get("drifted")]
    if drifted:
        yield Advice(
            f"Find out why the input changed ({listed(drifted, most=5)}): a new kind of customer "
            "needs nothing, a fault upstream has to be mended. A drift alone retrains nothing."
        )
    if (reading.part(observed, "estimate") or {}).get("warns"):
        yield Advice(
            f"Get labels for the newest predictions of {situation.task} soon: the model doubts "
            "so much that it is probably over the limit."
        )


def _aside(situation: Situation) -> Advice | None:
    if situation.monthly and situation.promoted:
        return Advice(
            f"Should version {situation.challenger} disappoint, this brings back version "
            f"{situation.champion}.",
            (f"iargus models rollback {situation.argument}",),
        )
    if situation.state == "suspect":
        return Advice("Suspect months add up: if the error is real, later months prove it.")
    return None
