"""Judging a task's month and deciding what to do about it. Reads a lot, writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import pandas as pd

from iargus.errors import DataError
from iargus.monitoring.job.carried_evidence import carried_evidence
from iargus.monitoring.job.findings import Findings, Judgement, finite, retraining_of
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.job.request import Progress, Request
from iargus.monitoring.job.retraining import Contest, compare_challenger
from iargus.monitoring.month.estimating import RecordedAnswers, estimate
from iargus.monitoring.month.month import Month
from iargus.monitoring.month.reference import find_reference
from iargus.monitoring.month.scoring import find_champion, load_champion, score_rows, usable_rows
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance
from iargus.monitoring.window import plan_window
from iargus.registry import ModelVersion, Registry
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.storage.labelled.store import labelled_store
from iargus.tasks.base import Task
from iargus.training.rows import future_from


@dataclass(frozen=True)
class Earlier:
    """The labelled rows from before a window, and their features alone: what a prediction without
    a label is known by."""

    labelled: EarlierRows
    inputs: EarlierRows

    @classmethod
    def of(cls, task: Task) -> Self:
        return cls(EarlierRows((*task.features, LABEL)), EarlierRows(task.features))

    def remember(self, rows: pd.DataFrame) -> None:
        self.labelled.remember(rows)
        self.inputs.remember(rows)


@dataclass(frozen=True)
class Decided:
    """A judgement, and the contest with the fitted challenger where there was one."""

    judgement: Judgement
    contest: Contest | None


def decide(
    task: Task,
    request: Request,
    history: Sequence[RunRecord],
    *,
    database: Database,
    registry: Registry,
    settings: Settings,
    recorded: RecordedAnswers | None,
    now: datetime,
    step: Progress,
) -> Decided:
    """Score the champion on the window, judge, and after a breach hold the contest.

    Args:
        history: the judged months of the task, the latest first.
        recorded: the predictions that were recorded, where they can be read.
        now: with its zone; rows from a later day are named.
        step: is told what is done next.

    Raises:
        IArgusError: it could not be judged.
    """
    policy = settings.policy.monitoring
    version = find_champion(task, registry)
    _check_window(task, version, now, request.period)
    past = history[0].window if history else None
    window = plan_window(request.period, past, learned_until=version.window_end)
    store = labelled_store(task, database)
    found = find_reference(version, registry)
    earlier = Earlier.of(task)
    step(f"reading the rows from before {window.start:%Y-%m-%d}, to know repeats of them")
    for rows in store.chunks(end=window.start):
        earlier.remember(rows)
    month = Month(task, found, earlier.labelled)
    step(f"reading rows from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}")
    champion = None
    for rows in store.chunks(start=window.start, end=window.end):
        if champion is None:
            step(f"fetching version {version.version}")
            champion = load_champion(task, version, registry)
        score_rows(task, champion, rows, month)
        step(f"scoring with version {version.version}: {month.rows:,} rows")

    month.future = sum(map(len, store.chunks(start=future_from(now))))

    errors = month.errors
    verdict = judge_performance(errors, task.policy.threshold, minimum_rows=policy.minimum_rows)
    evidence = carried_evidence(history, request.period, version=version.version)
    # The rows of a month without enough of them come again with the next, and count then.
    if verdict.state is not State.INSUFFICIENT:
        evidence = accumulate(evidence, errors, task.policy.threshold)
        verdict = confirm(verdict, evidence)

    contest = None
    if champion is not None and verdict.state is State.BREACH:
        step("over the limit: training a challenger on everything before the cut")
        rows = usable_rows(task, store.rows(start=window.start, end=window.end)).rows
        contest = compare_challenger(
            task, rows, champion.estimator, store, holdout_fraction=policy.holdout_fraction
        )
    retraining = None
    if contest is not None and verdict.error is not None:
        retraining = retraining_of(contest, verdict.error)
    step("estimating the error of the predictions that wait for their labels")
    observed = replace(
        month.observed(),
        estimate=estimate(task, version, found.reference, request.period, recorded, earlier.inputs),
    )
    findings = Findings(
        champion=version.version,
        window=window,
        verdict=verdict,
        refused_rows=month.refused,
        retraining=retraining,
        evidence=evidence.to_json(),
        observed=observed,
    )
    return Decided(_judgement(task, request, findings, month.extra), contest)


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
    task: Task, request: Request, findings: Findings, extra: Mapping[str, float]
) -> Judgement:
    cut = "none" if findings.retraining is None else f"{findings.retraining.cut:%Y%m%dT%H%M%S}"
    # The last part tells this decision from another about the same month: with --force, or after
    # rows were added, the same champion and cut may meet another challenger.
    parts = (task.name, request.period, findings.champion, cut, uuid.uuid4().hex[:8])
    return Judgement(
        task=task.name,
        period=request.period,
        key=":".join(map(str, parts)),
        replaces=request.force,
        findings=findings,
        extra=finite(extra),
    )
