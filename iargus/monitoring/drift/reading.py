"""Reading columns of which nothing is certain, not even that they hold numbers. Pure."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray


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


def counts_of(column: pd.Series, *, longest: int, most: int) -> dict[str, int]:
    """How often each value that is not missing occurs, by at most `longest` characters of its
    text; those of the `most` commonest ones."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        # The rows need not be looked at again, only the categories, of which there are fewer.
        codes = column.cat.codes.to_numpy()
        counts = np.bincount(codes[codes >= 0], minlength=len(column.cat.categories))
        used = np.flatnonzero(counts)
        return _by_text(column.cat.categories[used], counts[used], longest, most)
    try:
        counted = column.value_counts()
    except TypeError:  # a value that has no hash, such as a list
        counted = column.map(str).value_counts()
    return _by_text(counted.index, counted.to_numpy(np.int64), longest, most)


def _by_text(
    values: pd.Index, counts: NDArray[np.int64], longest: int, most: int
) -> dict[str, int]:
    if isinstance(values.dtype, pd.StringDtype) and len(values) > most:
        # No two of them are the same text, unless they are cut.
        if int(values.str.len().max()) <= longest:
            commonest = np.argsort(-counts, kind="stable")[:most]
            values, counts = values[commonest], counts[commonest]
    by_text: Counter[str] = Counter()
    for value, count in zip(values, counts.tolist(), strict=True):
        by_text[str(value)[:longest]] += count
    return dict(by_text if len(by_text) <= most else by_text.most_common(most))


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")
