"""How good a kind of model is, measured more than once: one split says little."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.errors import DataError
from iargus.tasks.base import Problem, Task
from iargus.training.evaluate import Evaluation, evaluate
from iargus.training.split import Split, split

FOLDS = 3  # each is a fit; the first is the split that is made anyway
_Z = 1.96  # of a two-sided 95 % interval

Fit = Callable[[Task, pd.DataFrame], Pipeline]


def further_splits(task: Task, rows: pd.DataFrame, first: Split) -> Iterator[Split]:
    """The splits after the ``first``: for regression in time, each measured on what is newest
    before the one before; for classification stratified by other seeds."""
    left = first.train
    for number in range(1, FOLDS):
        try:
            if task.problem is Problem.CLASSIFICATION:
                found = split(task, rows, seed=task.policy.seed + number)
            else:
                found = split(task, left)
                left = found.train
        # Few rows have fewer splits.
        except DataError:
            return
        yield found


def cross_validated(
    task: Task, rows: pd.DataFrame, first: Split, evaluation: Evaluation, fit: Fit
) -> dict[str, float]:
    """The error of the task over all splits with its 95 % interval, by name of the metric:
    ``mape_cv``, ``mape_cv_low``, ``mape_cv_high`` and ``cv_folds``.

    The interval counts rows and, where they are further apart than rows explain, splits
    (the larger of both standard errors).
    """
    errors = [evaluation.errors]
    for part in further_splits(task, rows, first):
        try:
            errors.append(evaluate(task, fit(task, part.train), part.test).errors)
        except DataError:
            break
    means = np.array([each.mean() for each in errors])
    mean = float(means.mean())
    of_rows = math.sqrt(sum(each.var() / len(each) for each in errors)) / len(errors)
    of_splits = float(means.std(ddof=1)) / math.sqrt(len(means)) if len(means) > 1 else 0.0
    half = _Z * max(of_rows, of_splits)
    name = f"{task.metric}_cv"
    return {
        name: mean,
        f"{name}_low": max(0.0, mean - half),
        f"{name}_high": mean + half,
        "cv_folds": float(len(errors)),
    }
