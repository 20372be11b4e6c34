"""Equal rows: each different one is worked on once, and equal ones share a fold.

Re-posted sales would leak between folds.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IndexArray = npt.NDArray[np.intp]


def distinct(values: Iterable[Any]) -> tuple[list[Any], IndexArray]:
    """Return the different values in order of appearance, and the place of each of the (n,) among
    them.

    Values of different types differ even where Python calls them equal (``1``, ``1.0``, ``True``).

    >>> distinct(["a", "b", "a"])
    (['a', 'b'], array([0, 1, 0]))
    """
    places: dict[Any, int] = {}
    found: list[Any] = []
    at: list[int] = []
    for value in values:
        place = places.setdefault(_key(value), len(found))
        if place == len(found):
            found.append(value)
        at.append(place)
    return found, np.array(at, dtype=np.intp)


def _key(value: Any) -> Any:
    if type(value) is str:
        return value
    if type(value) is tuple:
        return tuple(_key(part) for part in value)
    return type(value), value


def group_folds(rows: pd.DataFrame, n_folds: int) -> list[tuple[IndexArray, IndexArray]]:
    """Return ``(inside, outside)`` row numbers of ``n_folds`` folds; equal rows share a fold.

    The fold follows from a hash of the row: deterministic, and independent of the order of rows.
    """
    as_text = rows.astype(object).where(rows.notna(), "").astype(str)
    fold = (pd.util.hash_pandas_object(as_text, index=False) % n_folds).to_numpy()
    if len(np.unique(fold)) < n_folds:  # tiny or constant data: groups cannot fill the folds
        fold = np.arange(len(rows)) % n_folds
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]
