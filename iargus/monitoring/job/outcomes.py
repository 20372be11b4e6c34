"""From what was found about a task to its outcome, and from that to its record. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from iargus.monitoring.job.findings import Findings
from iargus.monitoring.job.history import judged_before
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import Evidence
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.mail.reasons import reasons_for
from iargus.monitoring.view.month_view import MonthView, Status
from iargus.monitoring.view.wording.sentence import judged, not_due
from iargus.tasks.base import Task


def judged_outcome(task: Task, period: Period, found: Findings, *, dry_run: bool) -> MonthView:
    """The outcome of a task that was judged; `with_reasons` adds what a mail is to be about."""
    verdict, window = found.verdict, found.window
    retraining = found.retraining
    challenger = None if retraining is None else retraining.challenger_version
    return MonthView(
        task=task.name,
        period=period,
        status=Status(verdict.state.value),
        sentence=judged(
            verdict,
            found.champion,
            retraining,
            window=window,
            observed=found.observed,
            dry_run=dry_run,
        ),
        metric=task.metric,
        threshold=verdict.threshold,
        window_start=window.start,
        window_end=window.end,
        missed_periods=window.missed,
        rows=verdict.rows,
        refused_rows=found.refused_rows,
        error=verdict.error,
        interval=verdict.interval,
        lower_bound=verdict.lower_bound,
        power=verdict.power,
        evidence=Evidence.from_json(found.evidence),
        champion_version=found.champion,
        serving_version=(challenger if found.promotes else None) or found.champion,
        retraining=retraining,
        observed=found.observed,
    )


def with_reasons(
    outcome: MonthView, history: Sequence[RunRecord], *, failed_before: bool
) -> MonthView:
    """The same outcome, with the reasons for a mail about it.

    Args:
        history: the judged months of the task, the latest first.
        failed_before: whether a mail has said that this month could not be judged.
    """
    assert outcome.period is not None
    before = judged_before(history, outcome.period)
    reasons = reasons_for(outcome, before=before, failed_before=failed_before)
    names = tuple(reason.value for reason in reasons)
    return replace(outcome, mail=names[0] if names else None, also=names[1:])


def not_due_outcome(task: Task, period: Period, recorded: Period) -> MonthView:
    """The outcome of a task whose month, or a later one, is recorded."""
    return _bare(task, period, Status.NOT_DUE, not_due(task.name, period, recorded))


def failed_outcome(task: Task, period: Period, reason: str) -> MonthView:
    """The outcome of a task that could not be judged; nothing of it is recorded."""
    return _bare(task, period, Status.FAILED, f"Could not be judged: {reason}")


def run_record(outcome: MonthView, *, finished_at: datetime) -> RunRecord:
    """The record of a judged outcome; `finished_at` is UTC without a zone."""
    assert outcome.period is not None
    assert outcome.status is not None
    assert outcome.threshold is not None
    assert outcome.window_start is not None
    assert outcome.window_end is not None
    retraining = outcome.retraining
    return RunRecord(
        task=outcome.task,
        period=outcome.period,
        window_start=outcome.window_start,
        window_end=outcome.window_end,
        finished_at=finished_at,
        rows_scored=outcome.rows,
        champion_version=outcome.champion_version or "",
        state=State(outcome.status.value),
        error=outcome.error,
        threshold=outcome.threshold,
        challenger_version=None if retraining is None else retraining.challenger_version,
        promoted=outcome.serving_version != outcome.champion_version,
        facts=outcome.to_json(),
    )


def _bare(task: Task, period: Period, status: Status, sentence: str) -> MonthView:
    return MonthView(
        task=task.name,
        period=period,
        status=status,
        sentence=sentence,
        metric=task.metric,
        threshold=task.policy.threshold,
    )
