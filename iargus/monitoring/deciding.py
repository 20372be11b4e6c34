"""Judging a task's month and deciding what to do about it. Reads a lot, writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from iargus.database import Database
from iargus.errors import DataError
from iargus.labelled.store import labelled_store
from iargus.models.registry import Registry
from iargus.monitoring.carried import carried_evidence
from iargus.monitoring.evidence import accumulate
from iargus.monitoring.findings import Findings, Judgement, finite, retraining_of
from iargus.monitoring.records import RunRecord
from iargus.monitoring.request import Progress, Request
from iargus.monitoring.retraining import Contest, hold_contest
from iargus.monitoring.scoring import Champion, find_champion, load_champion, usable_rows
from iargus.monitoring.verdict import State, confirm, judge_performance
from iargus.monitoring.window import plan_window
from iargus.settings import Settings
from iargus.tasks.base import Task
from iargus.training.evaluate import Evaluation, evaluate

_LARGEST_ERROR = 1e9  # a share of one; larger ones overflow in squares


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
    step: Progress,
) -> Decided:
    """Score the champion on the window, judge, and after a breach hold the contest.

    Args:
        history: the judged months of the task, the latest first.
        step: is told what is done next.

    Raises:
        IArgusError: it could not be judged.
    """
    policy = settings.policy.monitoring
    version = find_champion(task, registry)
    past = history[0].window if history else None
    window = plan_window(request.period, past, learned_until=version.window_end)
    store = labelled_store(task, database)
    step(f"reading rows from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}")
    usable = usable_rows(task, store.rows(start=window.start, end=window.end))
    rows = usable.rows

    champion = evaluation = None
    if not rows.empty:
        step(f"fetching version {version.version}")
        champion = load_champion(task, version, registry)
        step(f"scoring version {version.version} on {len(rows):,} rows")
        evaluation = _score(task, champion, rows)
    verdict = judge_performance(
        [] if evaluation is None else evaluation.errors,
        task.policy.threshold,
        minimum_rows=policy.minimum_rows,
    )
    evidence = carried_evidence(history, request.period, version=version.version)
    # The rows of a month without enough of them come again with the next, and count then.
    if evaluation is not None and verdict.state is not State.INSUFFICIENT:
        evidence = accumulate(evidence, evaluation.errors, task.policy.threshold)
        verdict = confirm(verdict, evidence)

    contest = None
    if champion is not None and verdict.state is State.BREACH:
        step("over the limit: training a challenger on everything before the cut")
        contest = hold_contest(
            task, rows, champion.estimator, store, holdout_fraction=policy.holdout_fraction
        )
    retraining = None
    if contest is not None and verdict.error is not None:
        retraining = retraining_of(contest, verdict.error)
    findings = Findings(
        version.version, window, verdict, usable.refused, retraining, evidence.to_json()
    )
    return Decided(_judgement(task, request, findings, evaluation), contest)


def _score(task: Task, champion: Champion, rows: pd.DataFrame) -> Evaluation:
    try:
        # What overflows is counted below.
        with np.errstate(all="ignore"):
            evaluation = evaluate(task, champion.estimator, rows)
    except (ValueError, TypeError, ArithmeticError) as error:
        # scikit-learn's word for rows unlike any that it has learned from.
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"the {len(rows):,} new rows of {task.name} cannot be scored by version "
            f"{champion.version.version}: {reason}"
        ) from error
    meaningless = int((~(evaluation.errors < _LARGEST_ERROR)).sum())
    if meaningless:
        raise DataError(
            f"{meaningless:,} of {len(rows):,} new rows of {task.name} hold numbers so large or so "
            "small that their error has no meaning; correct or remove them"
        )
    return evaluation


def _judgement(
    task: Task, request: Request, findings: Findings, evaluation: Evaluation | None
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
        extra={} if evaluation is None else finite(evaluation.extra),
    )
