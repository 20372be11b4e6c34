"""The error of every row, from its label and what the model said. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.comparison.classes import Vocabulary, canonical_column
from iargus.monitoring.stats.drift.reading import numbers_of


def row_errors(
    labels: pd.Series,
    predictions: pd.Series,
    *,
    classes: bool,
    cutoff: float | None = None,
    vocabulary: Vocabulary | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The errors of the rows that have one, and which rows these are.

    Of numbers |y - p| / y: rows whose label is missing or not above zero have none. Of classes 0
    or 1: rows whose label is missing have none. A missing prediction is no error of any size
    either.

    Args:
        cutoff: predictions are probabilities of the class 1.
        vocabulary: learns which classes there are.
    """
    if classes:
        usable = (labels.notna() & predictions.notna()).to_numpy(dtype=bool)
        truth, said = labels[usable], predictions[usable]
        if cutoff is not None:
            said = (numbers_of(said) >= cutoff).astype(np.int64)
        known, answered = canonical_column(truth), canonical_column(said)
        if vocabulary is not None:
            vocabulary.add(known, answered)
        return np.asarray(known != answered).astype(np.float64), usable
    amounts, expected = numbers_of(labels).to_numpy(), numbers_of(predictions).to_numpy()
    usable = (amounts > 0) & np.isfinite(amounts) & np.isfinite(expected)
    errors = np.abs(amounts[usable] - expected[usable]) / amounts[usable]
    return errors, usable
