"""The error of every row, from its label and what the model said. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.drift.reading import numbers_of


def row_errors(
    labels: pd.Series, predictions: pd.Series, *, classes: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The errors of the rows that have one, and which rows these are.

    Of numbers |y - p| / y: rows whose label is missing or not above zero have none. Of classes 0
    or 1: rows whose label is missing have none. A missing prediction is no error of any size
    either.
    """
    if classes:
        usable = (labels.notna() & predictions.notna()).to_numpy(dtype=bool)
        wrong = _differ(labels[usable], predictions[usable])
        return wrong.astype(np.float64), usable
    truth, said = numbers_of(labels).to_numpy(), numbers_of(predictions).to_numpy()
    usable = (truth > 0) & np.isfinite(truth) & np.isfinite(said)
    errors = np.abs(truth[usable] - said[usable]) / truth[usable]
    return errors, usable


def _differ(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    if all(pd.api.types.is_numeric_dtype(column) for column in (one, other)):
        # 1 and 1.0 are one class.
        return np.asarray(one.to_numpy(np.float64) != other.to_numpy(np.float64))
    return np.asarray(one.astype("str").to_numpy(object) != other.astype("str").to_numpy(object))
