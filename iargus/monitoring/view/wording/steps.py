"""The commands that steps of advice give, and the steps about the data. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iargus.mailing.content import Step
from iargus.monitoring.stats.quality.findings import Fault
from iargus.monitoring.view.figures import months, version
from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.wording.drift import drifted_of
from iargus.text import capital, listed, printable

_MOST_FAULTS = 8
_REMEDIES = {
    Fault.NO_ROWS: "see why no labelled rows arrive",
    Fault.COLUMN_MISSING: "add the column again where the rows are exported",
    Fault.COLUMN_EMPTY: "see why nothing fills the column any more",
    Fault.TYPE_FLIP: "make the column hold numbers again where it is written",
    Fault.NUMBERS_IN_WORDS: "make the column hold words again where it is written",
    Fault.INFINITE: "see what divides by zero where the column is written",
    Fault.DUPLICATED: "see what sends rows twice",
    Fault.LABEL_MISSING: "see why labels do not arrive",
    Fault.LABEL_IMPOSSIBLE: "correct the labels, or remove rows with placeholders",
    Fault.TEXT_TOO_LONG: "see what writes such texts; only their beginning is read",
    Fault.UNIT: "write the column in the unit of before, and correct these rows",
    Fault.FUTURE: "see which clock or time zone is wrong where they are written, and correct them",
}


@dataclass(frozen=True)
class Commands:
    """The commands about a task and its month, whenever they are read."""

    view: MonthView

    @property
    def task(self) -> str:
        return printable(self.view.task) or "task"

    @property
    def judge(self) -> str:
        return f"iargus monitor --task {shlex.quote(self.task)}{self._as_of}"

    @property
    def judge_again(self) -> str:
        return f"iargus monitor --force --task {shlex.quote(self.task)}{self._as_of}"

    @property
    def train(self) -> tuple[str, ...]:
        return f"iargus train {shlex.quote(self.task)}", self.promote("VERSION")

    @property
    def roll_back(self) -> str:
        return f"iargus models rollback {shlex.quote(self.task)}"

    def promote(self, number: str) -> str:
        return (
            f"iargus models promote {shlex.quote(self.task)} {shlex.quote(printable(number, 12))}"
        )

    @property
    def _as_of(self) -> str:
        """The first day after the month: as of it, the month is the last complete one."""
        period = self.view.period
        return "" if period is None else f" --as-of {period.next()}-01"


def without_repeats(steps: Iterable[Step]) -> Iterator[Step]:
    """Commands that a step before has given are not given again: two reasons ask for the same."""
    given: set[tuple[str, ...]] = set()
    for step in steps:
        again = bool(step.commands) and step.commands in given
        yield Step(f"{step.text.rstrip(':.')}, as above.") if again else step
        given.add(step.commands)


def about_data(view: MonthView, commands: Commands) -> Iterator[Step]:
    """One step per serious fault, with the columns that have it; then what rests on these rows."""
    if view.observed is None or not view.observed.serious:
        return
    columns: dict[Fault, list[str]] = {}
    for finding in view.observed.serious:
        columns.setdefault(finding.fault, []).extend([finding.column] if finding.column else [])
    for fault, named in list(columns.items())[:_MOST_FAULTS]:
        where = f" ({listed(named, most=5, longest=60)})" if named else ""
        yield Step(f"{capital(fault.value)}{where}: {_REMEDIES[fault]}.")
    if not view.monthly:
        return
    if view.promoted:
        yield Step(
            f"{capital(version(view.serves))}, promoted now, has learned from rows of this month. "
            f"You can go back to {version(view.champion_version)} until the rows are right:",
            (commands.roll_back,),
        )
    yield Step(
        "Once the rows are right in the database too, judge the month again; its error cannot be "
        "trusted until then. That is possible while no later month is recorded:",
        (commands.judge_again,),
    )


def about_input(view: MonthView, commands: Commands) -> Iterator[Step]:
    """What to do about drift, and about an estimate that warns."""
    drifted = [feature.feature for feature in drifted_of(view)]
    if drifted:
        yield Step(
            f"Find out why the input changed ({listed(drifted, most=5, longest=60)}). A new kind "
            "of customer or a season needs nothing, a fault upstream must be fixed. Drift alone "
            "retrains nothing."
        )
        # A new champion has just learned from such rows.
        if not view.promoted:
            yield Step("If the change stays, train with rows that hold it:", commands.train)
    if view.observed and view.observed.estimate and view.observed.estimate.warns:
        yield Step(
            f"Get labels for the newest predictions of {commands.task} soon: by the model's own "
            "uncertainty its error is probably over the limit, and only labels can prove it."
        )


def about_schedule(view: MonthView) -> Iterator[Step]:
    """What to do about months without a run."""
    if view.missed_periods:
        yield Step(
            f"No run had judged {months(view.missed_periods)}. Find out why, and see that the "
            "monthly run is started on time: the schedule, the machine, the log. This checks what "
            "a run needs:",
            ("iargus doctor",),
        )
