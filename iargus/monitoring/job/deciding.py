"""Judging a task's month and deciding what to do about it. Reads a lot, writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from iargus.errors import DataError
from iargus.monitoring.job.context import RunContext
from iargus.monitoring.job.findings import Findings, Judgement, finite, retraining_of
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.job.retraining import Contest, compare_challenger
from iargus.monitoring.month.estimating import estimate
from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import find_reference
from iargus.monitoring.month.scoring import find_champion, load_champion, score_rows, usable_rows
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance
from iargus.monitoring.window import plan_window
from iargus.registry import ModelVersion
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.rows import future_from


def decide(
    run: RunContext, task: Task, history: Sequence[RunRecord]
) -> tuple[Judgement, Contest | None]:
    """Score the champion on the window, judge, and after a breach compare it with a challenger.

    Args:
        history: the judged months of the task, the latest first.

    Returns:
        The judgement, and the contest with the fitted challenger where there was one.

    Raises:
        IArgusError: it could not be judged.
    """
    policy, now = run.settings.policy.monitoring, run.clock()
    version = find_champion(task, run.registry)
    _check_window(task, version, now, run.period)
    past = history[0].window if history else None
    window = plan_window(run.period, past, learned_until=version.window_end)
    store = LabelledStore(task, run.database)
    found = find_reference(version, run.registry)
    earlier = EarlierRows((*task.features, LABEL))
    earlier_inputs = EarlierRows(task.features)  # all that is known of one without a label
    run.begin_step(
        task, f"reading the rows from before {window.start:%Y-%m-%d}, to know repeats of them"
    )
    for rows in store.chunks(end=window.start):
        earlier.remember(rows)
        earlier_inputs.remember(rows)
    month = Month(task, found, earlier)
    run.begin_step(task, f"reading rows from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}")
    estimator = None
    for rows in store.chunks(start=window.start, end=window.end):
        if estimator is None:
            run.begin_step(task, f"fetching version {version.version}")
            estimator = load_champion(task, version, run.registry)
        score_rows(task, version, estimator, rows, month)
        run.begin_step(task, f"scoring with version {version.version}: {month.rows:,} rows")

    month.future = sum(map(len, store.chunks(start=future_from(now))))

    errors = month.errors
    verdict = judge_performance(errors, task.policy.threshold, minimum_rows=policy.minimum_rows)
    evidence = carried_evidence(history, run.period, version=version.version)
    # The rows of a month without enough of them come again with the next, and count then.
    if verdict.state is not State.INSUFFICIENT:
        evidence = accumulate(evidence, errors, task.policy.threshold)
        verdict = confirm(verdict, evidence)

    contest = None
    if estimator is not None and verdict.state is State.BREACH:
        run.begin_step(task, "over the limit: training a challenger on everything before the cut")
        rows = usable_rows(task, store.rows(start=window.start, end=window.end))
        contest = compare_challenger(
            task, rows, estimator, store, holdout_fraction=policy.holdout_fraction
        )
    retraining = None
    if contest is not None and verdict.error is not None:
        retraining = retraining_of(contest, verdict.error)
    run.begin_step(task, "estimating the error of the predictions that wait for their labels")
    estimated = estimate(task, version, found.reference, run.period, run.recorded, earlier_inputs)
    findings = Findings(
        champion=version.version,
        window=window,
        verdict=verdict,
        refused_rows=month.refused,
        retraining=retraining,
        evidence=evidence.to_json(),
        observed=replace(month.observed(), estimate=estimated),
    )
    return _judgement(run, task, findings, month.extra), contest


def carried_evidence(history: Sequence[RunRecord], period: Period, *, version: str) -> Evidence:
    """The evidence that the newest month before `period` has left about this version.

    None is carried over a promotion, for another model has another error; nor from the record of
    `period` itself, which `--force` replaces.

    Args:
        history: the records of the task, the latest month first.
        version: the version that is champion now.
    """
    for record in history:
        if record.period < period:
            if record.facts.get("serving_version") != version:
                return Evidence()
            return Evidence.from_json(record.facts.get("evidence"))
    return Evidence()


def _check_window(task: Task, version: ModelVersion, now: datetime, period: Period) -> None:
    """No row can be newer than what such a version has learned from, so none could be judged."""
    end = version.window_end
    if end is not None and end > future_from(now):
        raise DataError(
            f"version {version.version} has learned from rows dated until {end:%Y-%m-%d}, in the "
            f"future, so that no row counts as new. `iargus data future {task.name}` shows them "
            "and can set them aside; then train without them: "
            f"`iargus train {task.name} --until {period.start:%Y-%m-%d} --alias champion`"
        )


def _judgement(
    run: RunContext, task: Task, findings: Findings, extra: Mapping[str, float]
) -> Judgement:
    cut = "none" if findings.retraining is None else f"{findings.retraining.cut:%Y%m%dT%H%M%S}"
    # The last part distinguishes decisions about one month: with --force, or after more
    # rows were added, the same champion and cut may meet another challenger.
    parts = (task.name, run.period, findings.champion, cut, uuid.uuid4().hex[:8])
    return Judgement(
        task=task.name,
        period=run.period,
        key=":".join(map(str, parts)),
        replaces=run.force,
        findings=findings,
        extra=finite(extra),
    )
