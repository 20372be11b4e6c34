"""The months of a task before the one at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.result import TaskOutcome
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.mail.picture import Point, draw_history
from iargus.monitoring.view.wording import METRICS


def judged_before(history: Sequence[RunRecord], period: Period) -> Mapping[str, Any] | None:
    """The outcome document of the newest month before `period` that had enough rows.

    Args:
        history: the judged months of the task, the latest first.
    """
    for run in history:
        if run.period < period and run.state is not State.INSUFFICIENT:
            return run.facts
    return None


def history_picture(outcome: TaskOutcome, history: Sequence[RunRecord]) -> bytes | None:
    """The error of the months up to that of `outcome`, as PNG; None when none has one.

    Args:
        history: earlier runs, the latest month first; a record of the same month is passed over.
    """
    points = [
        Point(run.period, run.error, _interval(run.facts.get("interval")), run.state.value)
        for run in reversed(history)
        if run.error is not None and run.period < outcome.period
    ]
    if outcome.error is not None:
        state = outcome.status.value
        points.append(Point(outcome.period, outcome.error, outcome.interval, state))
    if not points:
        return None
    measure = METRICS.get(outcome.metric, outcome.metric)
    title = f"{outcome.task}: {measure}"
    return draw_history(points, threshold=outcome.threshold, title=title)


def _interval(found: object) -> tuple[float, float] | None:
    """As a record keeps it: a list of two numbers, or nothing where an older version wrote it."""
    if not isinstance(found, list) or len(found) != 2:
        return None
    low, high = found
    return (float(low), float(high))
