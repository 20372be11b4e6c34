"""An honest split of labelled rows into those to learn from and those to be measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.errors import DataError
from iargus.tasks.base import Problem, Task

MINIMUM_ROWS = 30


@dataclass(frozen=True)
class Split:
    """`train` and `test` have the columns of the rows they come from, each a RangeIndex.

    `how` says in words how they were parted; `repeated` is how many rows were taken out of the
    test part because the same features and label stand in the train part.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    how: str
    repeated: int


def split(task: Task, rows: pd.DataFrame, *, seed: int | None = None) -> Split:
    """Part `rows` for one measurement: in time for regression, stratified for classification.
    `seed` is that of the task unless it is given.

    Raises:
        DataError: there are too few rows, or nothing is left to measure on.
    """
    if len(rows) < MINIMUM_ROWS:
        raise DataError(
            f"{task.name} has {len(rows)} labelled rows; a training needs at least {MINIMUM_ROWS}"
        )
    fraction = task.policy.test_fraction
    seed = task.policy.seed if seed is None else seed
    if task.problem is Problem.CLASSIFICATION:
        if rows["label"].nunique() < 2:
            raise DataError(f"{task.name} has rows of one label only; a training needs two")
        chosen, how = _stratified(rows["label"], fraction, seed), "stratified by label"
    elif rows["observed_at"].nunique() > 1:
        chosen, how = _newest(rows["observed_at"], fraction), "newest rows in time"
    else:
        # All of one moment: there is no order in time that could be kept.
        random = np.random.default_rng(seed)
        chosen, how = random.random(len(rows)) < fraction, "random, as all rows have one time"
    train = rows[~chosen].reset_index(drop=True)
    test = rows[chosen].reset_index(drop=True)
    seen = _is_in(test, train, [*task.features, "label"])
    test = test[~seen].reset_index(drop=True)
    if test.empty or train.empty:
        raise DataError(
            f"{task.name}: of {len(rows)} rows nothing is left to measure on "
            f"({int(seen.sum())} of the test part repeat rows of the train part)"
        )
    return Split(train, test, how, int(seen.sum()))


def _newest(moments: pd.Series[pd.Timestamp], fraction: float) -> NDArray[np.bool_]:
    """True for the newest rows, about `fraction` of them: everything from one moment on."""
    ordered = np.sort(moments.to_numpy())
    cut = ordered[min(int(len(ordered) * (1 - fraction)), len(ordered) - 1)]
    if cut == ordered[0]:
        # Most rows share the oldest moment; what came after it is all there is to measure on.
        cut = ordered[ordered > cut][0]
    chosen: NDArray[np.bool_] = moments.to_numpy() >= cut
    return chosen


def _stratified(labels: pd.Series[str], fraction: float, seed: int) -> NDArray[np.bool_]:
    """True for about `fraction` of the rows of every label, and never for all of a label."""
    random = np.random.default_rng(seed)
    chosen = np.zeros(len(labels), dtype=bool)
    values = labels.astype(str).to_numpy()
    for label in np.unique(values):
        places = random.permutation(np.flatnonzero(values == label))
        count = min(round(len(places) * fraction), len(places) - 1)
        chosen[places[:count]] = True
    return chosen


def _is_in(rows: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> NDArray[np.bool_]:
    """True for each of `rows` that stands among `others`, compared by `columns`."""
    hashes = pd.util.hash_pandas_object(rows[columns].astype(str), index=False)
    known = pd.util.hash_pandas_object(others[columns].astype(str), index=False)
    found: NDArray[np.bool_] = hashes.isin(known).to_numpy()
    return found
