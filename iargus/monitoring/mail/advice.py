"""What a person should do after each kind of mail, with the commands. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iargus.monitoring.mail.kinds import Kind
from iargus.monitoring.mail.text import printable
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.wording import percent

_TASK_CHARS = 64


@dataclass(frozen=True)
class Step:
    """A sentence and the commands that belong to it."""

    text: str
    commands: tuple[str, ...] = ()


def advice_for(kinds: Sequence[Kind], outcome: TaskOutcome) -> tuple[Step, ...]:
    """The steps for all reasons, those of the most urgent one first."""
    given: set[tuple[str, ...]] = set()
    steps = []
    for step in (step for kind in Kind if kind in kinds for step in _steps(kind, outcome)):
        if step.commands and step.commands in given:
            # Two reasons ask for the same.
            steps.append(Step(f"{step.text.removesuffix(':')}, as above."))
        else:
            steps.append(step)
        given.add(step.commands)
    return tuple(steps)


def _steps(kind: Kind, outcome: TaskOutcome) -> Iterator[Step]:
    task, limit = printable(outcome.task, _TASK_CHARS), percent(outcome.threshold)
    match kind:
        case Kind.FAILED_RUN:
            yield Step(
                "Mend what the reason names. This checks databases, registry, mail server and "
                "disk:",
                ("iargus doctor",),
            )
            yield Step(
                "The month stays due. The next scheduled run judges it; to do it now:",
                (_judge(outcome),),
            )
        case Kind.BREACH_NOT_MENDED:
            yield Step(
                f"Look at the newest labelled rows of {task}: wrong units, placeholders as "
                "labels, or a kind of input that is new."
            )
            yield Step("If the rows are right, train with more or better data:", _train(task))
            yield Step(
                f"If an error of {limit} can no longer be had, change tasks.{task}.threshold in "
                "config.yml."
            )
        case Kind.QUALITY:
            yield from _about_quality(outcome)
        case Kind.ESTIMATE:
            yield Step(
                f"Bring in labels for {outcome.period}, by iargus import or the feedback route "
                "of the API, and judge the month again:",
                (f"{_judge(outcome)} --force",),
            )
        case Kind.DRIFT:
            yield Step(
                "See below what has changed, and find out why: a new source, a season, a fault "
                "of the input. Drift alone retrains nothing."
            )
            yield Step("If the change stays, train with rows that hold it:", _train(task))
        case Kind.SUSPECT:
            yield Step(
                "The suspicion asks for nothing yet: later months add up, and the job retrains "
                "once they prove it. If you know that it is no chance, train now:",
                _train(task),
            )
        case Kind.BREACH_MENDED if outcome.serving_version == outcome.champion_version:
            yield Step("The breach asks for nothing: the champion stays.")
        case Kind.BREACH_MENDED:
            yield Step(
                "The breach asks for nothing. You can go back to the version before:",
                (f"iargus models rollback {task}",),
            )
        case Kind.MISSED_RUN:
            yield Step(
                "Find out why no run took place then: the schedule, the machine, the log. This "
                "checks what a run needs:",
                ("iargus doctor",),
            )
        case Kind.RECOVERY:
            yield Step("What was told before is over, and asks for nothing.")


def _about_quality(outcome: TaskOutcome) -> Iterator[Step]:
    task = printable(outcome.task, _TASK_CHARS)
    yield Step(
        "Correct or remove the faulty rows where they come from, and in the database. Until then "
        "neither the error of this month nor a model that has learned from it can be trusted."
    )
    if outcome.serving_version != outcome.champion_version:
        yield Step(
            f"Version {printable(outcome.serving_version, 32)}, promoted now, has learned from "
            "rows of this month. You can go back to the version before:",
            (f"iargus models rollback {task}",),
        )
    yield Step("Then judge the month again:", (f"{_judge(outcome)} --force",))


def _judge(outcome: TaskOutcome) -> str:
    day = outcome.period.end.date()
    return f"iargus monitor --task {printable(outcome.task, _TASK_CHARS)} --as-of {day}"


def _train(task: str) -> tuple[str, ...]:
    return (f"iargus train {task}", f"iargus models promote {task} VERSION")
