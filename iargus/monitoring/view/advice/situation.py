"""What a month was like, as far as advice depends on it, and what a step of advice is. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from iargus.mailing.content import Step
from iargus.monitoring.period import Period
from iargus.monitoring.view import reading
from iargus.monitoring.view.names import clean
from iargus.monitoring.view.reading import Document


def without_repeats(steps: Iterable[Step]) -> list[Step]:
    """Commands that a step before has given are not given again: two reasons ask for the same."""
    given: set[tuple[str, ...]] = set()
    found = []
    for step in steps:
        if step.commands and step.commands in given:
            found.append(Step(f"{step.text.rstrip(':.')}, as above."))
        else:
            found.append(step)
        given.add(step.commands)
    return found


LOW_POWER = 0.5  # below, a month proves little
_MOST_WORST = 4  # enough to say that there are more than are named


@dataclass(frozen=True)
class Situation:
    """
    Attributes:
        argument, as_of: the task and the month as arguments of a command.
        monthly: a month of the monthly run; otherwise two files were compared.
        champion: the version that was judged, empty when not known.
        contested: a challenger was fitted and compared.
        wins: the challenger is better; `trial` when it then was not registered.
        over: the model that serves now is over the limit, as far as is known.
        faulty: the rows have serious faults.
        worst: the segments where the error is largest.
    """

    task: str
    argument: str
    as_of: str
    state: str
    monthly: bool
    champion: str
    serving: str
    challenger: str
    contested: bool
    wins: bool
    over: bool
    faulty: bool
    worst: tuple[str, ...]

    @property
    def judge(self) -> str:
        """The command that judges this very month, whenever it is read."""
        return f"iargus monitor --task {self.argument}{self.as_of}"

    @property
    def judge_again(self) -> str:
        return f"iargus monitor --force --task {self.argument}{self.as_of}"

    @property
    def train(self) -> tuple[str, ...]:
        return f"iargus train {self.argument}", self.promote("VERSION")

    @property
    def roll_back(self) -> str:
        return f"iargus models rollback {self.argument}"

    def promote(self, version: str) -> str:
        return f"iargus models promote {self.argument} {shlex.quote(version)}"

    @property
    def trial(self) -> bool:
        return self.contested and not self.challenger

    @property
    def promoted(self) -> bool:
        """A record of which only the columns are known tells it by the versions alone."""
        changed = bool(self.champion) and self.serving != self.champion
        return changed or (self.wins and not self.trial)


def situation_of(outcome: Document) -> Situation:
    task = clean(outcome.get("task") or "task")
    state = clean(outcome.get("status") or "", 24)
    retraining = reading.part(outcome, "retraining")
    observed = reading.part(outcome, "observed")
    segments = reading.segments(observed)
    limit, error = reading.number(outcome, "threshold"), reading.number(outcome, "error")
    now = reading.number(retraining, "serving_error")
    now = error if now is None else now
    champion = clean(outcome.get("champion_version") or "", 12)
    challenger = clean(retraining.get("challenger_version") or "", 12)
    wins = retraining.get("decision") == "promote"
    serving = clean(outcome.get("serving_version") or "", 12)
    return Situation(
        task=task,
        argument=shlex.quote(task),
        as_of=_as_of(reading.period(outcome)),
        state=state,
        monthly=reading.period(outcome) is not None,
        champion=champion,
        serving=serving or (wins and challenger) or champion,
        challenger=challenger,
        contested=reading.count(retraining, "holdout_rows") > 0,
        wins=wins,
        over=state == "breach" and (limit is None or now is None or now > limit),
        faulty=bool(reading.parts(observed, "serious")),
        worst=tuple(clean(each.get("segment") or "", 30) for each in segments[:_MOST_WORST]),
    )


def _as_of(period: Period | None) -> str:
    """The first day after the month: as of it, the month is the last complete one."""
    return "" if period is None else f" --as-of {period.next()}-01"
