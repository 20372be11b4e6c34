"""Reading columns of which nothing is certain, not even that they hold numbers. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.storage.labelled.row_bits import bits_of_texts

BUCKETS = 256  # of names that are not kept one by one


def numbers_of(column: pd.Series) -> pd.Series:
    """The column as floats with the same index; NaN for what is no number."""
    try:
        found = pd.to_numeric(column, errors="coerce")
    except (TypeError, ValueError, OverflowError):  # a list, or a whole number without end
        found = column.map(_number)
    if found.dtype.kind == "c":  # complex numbers have no order
        found = column.map(_number)
    values = found.to_numpy(dtype=np.float64, na_value=np.nan)
    if str(found.dtype).lower() in ("float16", "float32"):
        values = _as_written(values, digits=7 if "32" in str(found.dtype) else 4)
    return pd.Series(values, index=column.index)


def counts_of(column: pd.Series, *, longest: int) -> dict[str, int]:
    """How often each value that is not missing occurs, by at most `longest` characters of its
    text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        # The rows need not be looked at one by one, only the categories.
        codes = column.cat.codes.to_numpy()
        numbers = np.bincount(codes[codes >= 0], minlength=len(column.cat.categories))
        used = np.flatnonzero(numbers)
        values, counts = plain_values(column.cat.categories[used]), numbers[used].tolist()
    else:
        try:
            counted = column.value_counts()
        except TypeError:  # a value that has no hash, such as a list
            counted = column.map(str).value_counts()
        values, counts = plain_values(counted.index), counted.tolist()
    if set(map(type, values)) <= {str} and max(map(len, values), default=0) <= longest:
        return dict(zip(values, counts, strict=True))
    found: dict[str, int] = {}
    for value, count in zip(values, counts, strict=True):
        name = str(value)[:longest]
        found[name] = found.get(name, 0) + count
    return found


def plain_values(values: pd.Index | pd.api.extensions.ExtensionArray) -> list[Any]:
    """Its values; going through an array of objects is ten times as fast for Arrow's strings."""
    plain: list[Any] = values.to_numpy(dtype=object).tolist()
    return plain


def in_buckets(names: NDArray[np.object_], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The counts summed in buckets of names, the same ones everywhere and always."""
    place = (bits_of_texts(names) % np.uint64(BUCKETS)).astype(np.intp)
    held: NDArray[np.float64] = np.bincount(place, counts, BUCKETS).astype(np.float64)
    return held


def _as_written(values: NDArray[np.float64], *, digits: int) -> NDArray[np.float64]:
    """Numbers of half the precision as people wrote them: 0.1, not 0.10000000149011612, which is
    another number than the 0.1 of a file of text."""
    with np.errstate(all="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** (digits - 1 - exponent)
        rounded = np.round(values * scale) / scale
    plain = ~np.isfinite(rounded) | (values == np.rint(values))
    found: NDArray[np.float64] = np.where(plain, values, rounded)
    return found


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")
