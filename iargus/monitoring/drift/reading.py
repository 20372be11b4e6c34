"""Reading columns of which nothing is certain, not even that they hold numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def numbers_of(column: pd.Series) -> pd.Series:
    """The column as floats with the same index; NaN for what is no number."""
    try:
        found = pd.to_numeric(column, errors="coerce")
    except (TypeError, ValueError, OverflowError):  # a list, or a whole number without end
        found = column.map(_number)
    if found.dtype.kind == "c":  # complex numbers have no order
        found = column.map(_number)
    values = found.to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(values, index=column.index)


def counts_of(column: pd.Series) -> Mapping[str, int]:
    """How often each value occurs, by its text."""
    try:
        counted = column.value_counts()
    except TypeError:  # a value that has no hash, such as a list
        counted = column.map(str).value_counts()
    counts: dict[str, int] = {}
    for value, count in counted.items():
        counts[str(value)] = counts.get(str(value), 0) + int(count)
    return counts


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")
