"""64 bits for every value and every row: equal ones for equal content, always. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD6E8FEB86659FD93)


def bits_of_rows(frame: pd.DataFrame, columns: Sequence[str]) -> Bits:
    """The bits of every row in these columns; one that is not there is missing in all rows."""
    bits = np.zeros(len(frame), dtype=np.uint64)
    for name in columns:
        bits = _mixed(bits * _ODD + (bits_of(frame[name]) if name in frame else _MISSING))
    return bits


def bits_of(column: pd.Series) -> Bits:
    """64 bits for every value: equal ones for equal values, whatever type a batch has given to its
    column; missing values are equal."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _taken(bits_of(pd.Series(dtype.categories)), column.cat.codes.to_numpy())
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return _of_numbers(column.to_numpy())
    if dtype.kind in "mM":
        return _mixed(np.asarray(column.array.asi8).view(np.uint64))
    if isinstance(dtype, pd.StringDtype):
        codes, distinct = pd.factorize(column)
        return _taken(bits_of_texts(distinct.to_numpy(dtype=object)), codes)
    plain = [_hashable(value) for value in column.astype(object)]
    codes, distinct = pd.factorize(pd.Series(plain, dtype=object))
    return _taken(_of_objects(list(distinct)), codes)


def bits_of_texts(texts: NDArray[np.object_]) -> Bits:
    """64 bits for each text, always the same ones."""
    if not len(texts):
        return np.zeros(0, dtype=np.uint64)
    try:
        return pd.util.hash_array(texts, categorize=False)
    except UnicodeEncodeError:  # half a character
        whole = [text.encode("utf-16", "surrogatepass").decode("latin-1") for text in texts]
        return pd.util.hash_array(np.array(whole, dtype=object), categorize=False)


def _taken(distinct: Bits, codes: NDArray[np.integer[Any]]) -> Bits:
    """The code -1 stands for a missing value."""
    bits: Bits = np.append(distinct, _MISSING)[codes]
    return bits


def _of_numbers(values: NDArray[np.generic]) -> Bits:
    numbers = values.astype(np.float64) + 0.0  # no negative zero
    bits = numbers.view(np.uint64).copy()
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8:
        # Whole numbers that a float cannot tell apart, such as identifiers.
        large = np.abs(numbers) > 2.0**53
        bits[large] = values[large].astype(np.uint64) * _ODD
    bits = _mixed(bits)
    bits[np.isnan(numbers)] = _MISSING
    return bits


def _of_objects(values: list[object]) -> Bits:
    """Texts by their text, numbers as in a column of numbers."""
    bits = bits_of_texts(np.array([str(value) for value in values], dtype=object))
    for place, value in enumerate(values):
        if isinstance(value, int | float):
            try:
                bits[place] = _of_numbers(np.array([value]))[0]
            except (TypeError, OverflowError):  # a whole number without end
                continue
    return bits


def _hashable(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return value.item()
    return None if value is pd.NA or value is pd.NaT else repr(value)


def _mixed(bits: Bits) -> Bits:
    """Every bit depends on all (the finaliser of SplitMix64, Steele et al. 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
