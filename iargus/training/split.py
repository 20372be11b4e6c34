"""The split of labelled rows into those to train on and those to measure on, without leakage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.errors import DataError
from iargus.storage.labelled.repeats import LABEL, EarlierRows
from iargus.tasks.base import Problem, Task

MINIMUM_ROWS = 30


@dataclass(frozen=True)
class Split:
    """`train` and `test` have the columns of the rows they come from, each a RangeIndex.

    `how` says in words how they were parted. No content (features and label) stands in both parts
    or twice in `test`: `repeated` is how many rows were left out of the test part for that, and
    `repeated_share` how many rows in one repeat an earlier one, as a month counts them.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    how: str
    repeated: int
    repeated_share: float = 0.0


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
    by_label = task.problem is Problem.CLASSIFICATION
    if by_label and rows["label"].nunique() < 2:
        raise DataError(f"{task.name} has rows of one label only; a training needs two")
    columns = [*task.features, LABEL]
    first = _first_of_their_content(rows, columns)
    if by_label or rows["observed_at"].nunique() == 1:
        found = _by_chance(task, rows, first, columns, by_label=by_label, seed=seed)
    else:
        found = _in_time(task, rows, first)
    if found.test.empty or found.train.empty:
        raise DataError(
            f"{task.name}: of {len(rows)} rows nothing is left to measure on "
            f"({found.repeated} of the test part repeat earlier rows)"
        )
    return found


def _in_time(task: Task, rows: pd.DataFrame, first: NDArray[np.bool_]) -> Split:
    """Train on everything before a time, and measure on what appears from then on for the first
    time: a month is judged in the same way."""
    chosen = _newest(rows["observed_at"], task.policy.test_fraction)
    return Split(
        train=rows[~chosen].reset_index(drop=True),
        test=rows[chosen & first].reset_index(drop=True),
        how="newest rows in time",
        repeated=int((chosen & ~first).sum()),
        repeated_share=float((~first[chosen]).mean()),
    )


def _by_chance(
    task: Task,
    rows: pd.DataFrame,
    first: NDArray[np.bool_],
    columns: list[str],
    *,
    by_label: bool,
    seed: int | None,
) -> Split:
    """All rows of one content are trained on, or one of them is measured on. Choosing among rows
    instead would hardly ever measure on one that is repeated."""
    fraction = task.policy.test_fraction
    seed = task.policy.seed if seed is None else seed
    distinct = rows[first]
    if by_label:
        chosen, how = _stratified(distinct["label"], fraction, seed), "stratified by label"
    else:
        # All rows have one time, so there is no order to split by.
        chosen = np.random.default_rng(seed).random(len(distinct)) < fraction
        how = "random, as all rows have one time"
    test = distinct[chosen]
    tested = EarlierRows(columns)
    tested.remember(test)
    measured_on = tested.repeated(rows)
    return Split(
        train=rows[~measured_on].reset_index(drop=True),
        test=test.reset_index(drop=True),
        how=how,
        repeated=int(measured_on.sum()) - len(test),
        repeated_share=float((~first).mean()),
    )


def _first_of_their_content(rows: pd.DataFrame, columns: list[str]) -> NDArray[np.bool_]:
    """Which rows repeat none that is earlier in time, or in the table where times are equal."""
    order = np.argsort(rows["observed_at"].to_numpy(), kind="stable")
    first = np.zeros(len(rows), dtype=bool)
    first[order] = EarlierRows(columns).first(rows.iloc[order])
    return first


def _newest(timestamps: pd.Series[pd.Timestamp], fraction: float) -> NDArray[np.bool_]:
    """True for the newest rows, about `fraction` of them: everything from one time on."""
    ordered = np.sort(timestamps.to_numpy())
    cut = ordered[min(int(len(ordered) * (1 - fraction)), len(ordered) - 1)]
    if cut == ordered[0]:
        # Most rows share the oldest time; only those after it are left to measure on.
        cut = ordered[ordered > cut][0]
    chosen: NDArray[np.bool_] = timestamps.to_numpy() >= cut
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
