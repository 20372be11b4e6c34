"""The champion on a window's labelled rows."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.errors import DataError, LabelInvalid, VersionUnknown
from iargus.monitoring.month.month import Month
from iargus.monitoring.stats.quality.findings import faults
from iargus.registry import ModelVersion, Registry, artefact
from iargus.registry.version import CHAMPION
from iargus.tasks.base import Task
from iargus.training.evaluate import evaluate

_LARGEST_ERROR = 1e9  # a share of one; larger ones overflow in squares


def find_champion(task: Task, registry: Registry) -> ModelVersion:
    """The version that serves now.

    Raises:
        VersionUnknown: the task has none.
        RegistryUnavailable: the registry is out of reach.
    """
    version = registry.resolve(task.name, CHAMPION)
    if version is None:
        raise VersionUnknown(f"{task.name} has no champion; train one: iargus train {task.name}")
    return version


def load_champion(task: Task, version: ModelVersion, registry: Registry) -> Pipeline:
    """Fetch and load exactly this version, whichever the alias names by now.

    Raises:
        ArtefactRejected: its file is missing, altered, or holds an unknown type.
        RegistryUnavailable: the registry is out of reach.
    """
    with tempfile.TemporaryDirectory(prefix="iargus-champion-") as place:
        path = registry.fetch(version, Path(place))
        return artefact.load(path, sha256=version.sha256, trusted_types=task.trusted_types)


def usable_rows(task: Task, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose label the task accepts. Of others, such as a price of zero, the error has no
    value, and one of them would spoil the mean of a month."""
    good = np.array([_is_label(task, label) for label in rows["label"].tolist()], dtype=bool)
    return rows[good].reset_index(drop=True)


def score_rows(
    task: Task, version: ModelVersion, estimator: Pipeline, rows: pd.DataFrame, month: Month
) -> None:
    """Score a part of a month's rows, those that repeat no earlier one, and add what came out to
    `month`.

    Raises:
        DataError: the champion cannot make anything of these rows; the message says why, and what
            is wrong with the rows.
    """
    counted = month.see(rows)
    month.refused += len(rows) - len(usable_rows(task, rows))
    usable = usable_rows(task, rows[counted])
    if usable.empty:
        return
    try:
        # What overflows is counted below.
        with np.errstate(all="ignore"):
            evaluation = evaluate(task, estimator, usable)
    except (ValueError, TypeError, ArithmeticError) as error:
        # scikit-learn's word for rows unlike any that it has learned from.
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"the new rows of {task.name} cannot be scored by version "
            f"{version.version}: {reason}{_faults(month)}"
        ) from error
    meaningless = int((~(evaluation.errors < _LARGEST_ERROR)).sum())
    if meaningless:
        raise DataError(
            f"{meaningless:,} of {len(usable):,} new rows of {task.name} hold numbers so "
            "large or so small that their error has no meaning; correct or remove them"
        )
    month.score(usable, evaluation)


def _faults(month: Month) -> str:
    found = month.findings()
    return f"; in the rows: {faults(found)}" if found else ""


def _is_label(task: Task, label: object) -> bool:
    try:
        accepted = task.check_label(label)
    except LabelInvalid:
        return False
    # A kind of one's own may not have thought of infinity.
    return not isinstance(accepted, float) or math.isfinite(accepted)
