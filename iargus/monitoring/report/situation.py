"""What the facts of an outcome come to, read once: headline, advice and story agree by it. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from iargus.monitoring.period import Period
from iargus.monitoring.report import reading
from iargus.monitoring.report.reading import Document
from iargus.monitoring.report.text import clean


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

    @property
    def judge(self) -> str:
        """The command that judges this very month, whenever it is read."""
        return f"iargus monitor --task {self.argument}{self.as_of}"

    @property
    def judge_again(self) -> str:
        return f"iargus monitor --force --task {self.argument}{self.as_of}"

    @property
    def trial(self) -> bool:
        return self.contested and not self.challenger

    @property
    def promoted(self) -> bool:
        return self.wins and not self.trial


def situation_of(outcome: Document) -> Situation:
    task = clean(outcome.get("task") or "task")
    state = clean(outcome.get("status") or "", 24)
    retraining = reading.part(outcome, "retraining") or {}
    limit, error = reading.number(outcome, "threshold"), reading.number(outcome, "error")
    now = reading.number(retraining, "serving_error")
    now = error if now is None else now
    champion = clean(outcome.get("champion_version") or "", 12)
    return Situation(
        task=task,
        argument=shlex.quote(task),
        as_of=_as_of(reading.period(outcome)),
        state=state,
        monthly=reading.period(outcome) is not None,
        champion=champion,
        serving=clean(outcome.get("serving_version") or "", 12) or champion,
        challenger=clean(retraining.get("challenger_version") or "", 12),
        contested=reading.count(retraining, "holdout_rows") > 0,
        wins=retraining.get("decision") == "promote",
        over=state == "breach" and (limit is None or now is None or now > limit),
    )


def _as_of(period: Period | None) -> str:
    """The first day after the month: as of it, the month is the last complete one."""
    if period is None:
        return ""
    year, month = (period.year + 1, 1) if period.month == 12 else (period.year, period.month + 1)
    return f" --as-of {year:04d}-{month:02d}-01"
