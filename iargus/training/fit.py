"""From labelled rows to a version in the registry."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import sklearn
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from iargus.compiled.errors import NotCompilable
from iargus.errors import ArtefactRejected, DataError
from iargus.registry import ModelVersion, Registry, TrainingRecord
from iargus.registry.version import (
    BUNDLE_DIGEST,
    BUNDLE_REFUSED,
    BUNDLE_ROWS,
    CHAMPION,
    NOT_COMPILABLE,
    RETRAINING,
)
from iargus.serving.compilation.compiling import compile_model
from iargus.storage.labelled.repeats import in_brackets
from iargus.tasks.base import Problem, Task
from iargus.training.cross_validation import cross_validated
from iargus.training.evaluate import Evaluation, evaluate
from iargus.training.split import split

_MAX_TAG_CHARS = 1_000  # registries limit the length of a tag
Alias = Literal["auto", "champion", "challenger", "none"]

FilesOf = Callable[[Task, pd.DataFrame, Evaluation, float], Mapping[str, str]]
"""Texts by name of file, made from rows, what a model made of them, and the share of repeats that
were left out before."""


def train(
    task: Task,
    rows: pd.DataFrame,
    *,
    registry: Registry,
    source: str,
    alias: Alias = "auto",
    progress: Callable[[str], None] = lambda _: None,
    measured: Callable[[Mapping[str, float]], None] = lambda _: None,
    files: FilesOf | None = None,
) -> ModelVersion:
    """Split, measure, fit and register.

    The error that is registered was measured on rows that the measured model had not seen; the
    model that is registered has then learned from all rows. `auto` makes it the champion where
    there is none, the challenger otherwise. `source` says where the rows come from; `progress` is
    called with each step in words, `measured` with all metrics by name; `files` makes what is
    stored beside the model from the rows that it was measured on.

    Raises:
        DataError: there are too few rows.
        RegistryUnavailable: the registry is out of reach.
    """
    # Before minutes of work, not after.
    registry.check()
    progress(f"splitting {len(rows)} rows")
    parts = split(task, rows)
    progress(f"fitting on {len(parts.train)} rows")
    judged = fit_candidate(task, parts.train)
    aside = in_brackets(parts.repeated)
    progress(f"measuring on {len(parts.test)} rows{aside}: {parts.how}")
    evaluation = evaluate(task, judged, parts.test)
    progress("measuring on further splits")
    checked = cross_validated(task, rows, parts, evaluation, fit_candidate)
    evaluation = replace(evaluation, extra={**evaluation.extra, **checked})
    measured(evaluation.metrics)
    progress("drawing pictures")
    # Imported here: matplotlib takes a while, and most users of this module draw nothing.
    from iargus.training.pictures import draw

    pictures = draw(task, parts.test, evaluation)
    progress(f"fitting on all {len(rows)} rows")
    estimator = fit_candidate(task, rows)
    progress(f"compiling, comparing on {task.policy.parity_rows:,} rows, and registering")
    version = register_candidate(
        task,
        estimator,
        rows,
        evaluation=evaluation,
        registry=registry,
        run_name=f"train {datetime.now(UTC):%Y-%m-%d %H:%M}",
        source=source,
        params={
            "split": parts.how,
            "test_fraction": task.policy.test_fraction,
            "train_rows": len(parts.train),
            "test_rows": len(parts.test),
            "test_rows_dropped_as_repeated": parts.repeated,
        },
        pictures=pictures,
        files=files(task, parts.test, evaluation, parts.repeated_share) if files else {},
    )
    return _give_alias(registry, version, alias)


def fit_candidate(task: Task, rows: pd.DataFrame) -> Pipeline:
    """Fit a new estimator of the task on all `rows`; nothing else happens.

    In one thread: parallel sums depend on the number of threads, and the same data and seed shall
    give the same model on every machine.

    Raises:
        DataError: the estimator cannot learn from these rows; the message says why.
    """
    if rows.empty:
        raise DataError(f"{task.name} has no rows to learn from")
    labels = (
        rows["label"].to_numpy(dtype=float)
        if task.problem is Problem.REGRESSION
        else rows["label"].astype(str).to_numpy(dtype=object)
    )
    try:
        with threadpool_limits(1):
            return task.build_estimator().fit(task.training_frame(rows), labels)
    except ValueError as error:
        raise DataError(f"{task.name} cannot learn from {len(rows)} rows: {error}") from error


def register_candidate(
    task: Task,
    estimator: Pipeline,
    rows: pd.DataFrame,
    *,
    evaluation: Evaluation,
    registry: Registry,
    run_name: str,
    source: str = "monitoring",
    params: Mapping[str, Any] | None = None,
    pictures: Mapping[str, bytes] | None = None,
    files: Mapping[str, str] | None = None,
    retraining: str | None = None,
) -> ModelVersion:
    """Register an estimator that was fitted on `rows`, with its bundle; no alias moves.

    `retraining` names the retraining of monitoring that it comes from, by which it is found
    again: `Registry.registered`.

    Raises:
        RegistryUnavailable: the registry is out of reach.
        ArtefactRejected: the estimator holds a type that is not on the task's list.
    """
    timestamps = rows["observed_at"]
    # Whole seconds, as databases hold them; the end is the first second after the newest row.
    start = pd.Timestamp(timestamps.min()).floor("s")
    end = pd.Timestamp(timestamps.max()).floor("s") + pd.Timedelta(seconds=1)
    tags = {
        "window_start": start.isoformat(),
        "window_end": end.isoformat(),
        "rows": str(len(rows)),
        "metric": evaluation.metric,
        "error": repr(float(evaluation.error)),
        "seed": str(task.policy.seed),
        "sklearn_version": sklearn.__version__,
        "source": source,
    }
    if retraining is not None:
        tags[RETRAINING] = retraining
    options = {f"options.{name}": value for name, value in task.options.model_dump().items()}
    return registry.register(
        TrainingRecord(
            task=task.name,
            estimator=estimator,
            trusted_types=task.trusted_types,
            sample=rows[list(task.features)].head(),
            run_name=run_name,
            tags=tags,
            params={**tags, **options, "kind": task.policy.kind, **(params or {})},
            metrics=evaluation.metrics,
            pictures=pictures or {},
            files=files or {},
            compiled=partial(_compiled, task, estimator),
        )
    )


def _give_alias(registry: Registry, version: ModelVersion, alias: Alias) -> ModelVersion:
    if alias == "auto":
        champion = registry.resolve(version.task, CHAMPION)
        alias = "champion" if champion is None else "challenger"
    if alias == "champion":
        return registry.promote(version.task, version.version)
    if alias == "challenger":
        registry.challenge(version.task, version.version)
    return registry.version(version.task, version.version)


def _compiled(
    task: Task, estimator: Pipeline, directory: Path, created_from: str
) -> Mapping[str, str]:
    """Compile the estimator to `directory` and hold both against each other; give the tags.

    A bundle that is refused is no reason to lose the training: the version is registered without
    it and can be looked at, and cannot become champion.
    """
    rows = task.policy.parity_rows
    try:
        with threadpool_limits(1):
            digest = compile_model(
                task, estimator, directory, created_from=created_from, rows=rows, is_new=True
            )
    except (NotCompilable, ArtefactRejected) as error:
        shutil.rmtree(directory, ignore_errors=True)
        tag = NOT_COMPILABLE if isinstance(error, NotCompilable) else BUNDLE_REFUSED
        return {tag: " ".join(str(error).split())[:_MAX_TAG_CHARS]}
    return {BUNDLE_DIGEST: digest, BUNDLE_ROWS: str(rows)}
