"""The recorded months of a task, as views."""

from __future__ import annotations

from collections.abc import Sequence

from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.figures import measure
from iargus.monitoring.view.mail.picture import Point, draw_history
from iargus.monitoring.view.month_view import MonthView


def view_of(run: RunRecord) -> MonthView:
    """What is recorded about a month; facts that are missing come from the record's columns."""
    columns = {
        "task": run.task,
        "period": str(run.period),
        "status": run.state.value,
        "threshold": run.threshold,
        "window_start": run.window_start.isoformat(),
        "window_end": run.window_end.isoformat(),
        "rows": run.rows_scored,
        "error": run.error,
        "champion_version": run.champion_version,
        "serving_version": run.challenger_version if run.promoted else run.champion_version,
    }
    return MonthView.from_json({**columns, **run.facts})


def judged_before(history: Sequence[RunRecord], period: Period) -> MonthView | None:
    """The newest month before `period` that had enough rows.

    Args:
        history: the judged months of the task, the latest first.
    """
    for run in history:
        if run.period < period and run.state is not State.INSUFFICIENT:
            return view_of(run)
    return None


def history_picture(view: MonthView, history: Sequence[RunRecord]) -> bytes | None:
    """The error of the months up to that of `view`, as PNG; None when none has one.

    Args:
        history: earlier runs, the latest month first; a record of the same month is passed over.
    """
    earlier = [view_of(run) for run in reversed(history)]
    points = [
        Point(each.period, each.error, each.interval, each.status)
        for each in (*earlier, view)
        if each.period is not None and each.error is not None
        if each is view or view.period is None or each.period < view.period
    ]
    if not points:
        return None
    title = f"{view.task}: {measure(view.metric)}"
    return draw_history(points, threshold=view.threshold or 0.0, title=title)
