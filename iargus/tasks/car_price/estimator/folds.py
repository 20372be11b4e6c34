"""Folds that keep equal cars together, because re-posted sales would leak between folds."""

import numpy as np
import numpy.typing as npt
import pandas as pd

IndexArray = npt.NDArray[np.intp]


def group_folds(rows: pd.DataFrame, n_folds: int) -> list[tuple[IndexArray, IndexArray]]:
    """Return ``(inside, outside)`` row numbers of ``n_folds`` folds; equal rows share a fold.

    The fold follows from a hash of the row: deterministic, and independent of the order of rows.
    """
    as_text = rows.astype(object).where(rows.notna(), "").astype(str)
    fold = (pd.util.hash_pandas_object(as_text, index=False) % n_folds).to_numpy()
    if len(np.unique(fold)) < n_folds:  # tiny or constant data: groups cannot fill the folds
        fold = np.arange(len(rows)) % n_folds
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]
