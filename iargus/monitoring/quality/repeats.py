"""How many rows of a stream are repeats of others, in memory that does not grow with it. Pure.

A row becomes 64 bits, so that 24 bytes or 24 kilobytes of it cost the same. Up to `MOST_KEPT` rows
are counted exactly; beyond, only rows whose bits end in zeros are kept, one in 2, in 4 and so on
(Wegman's adaptive sampling, see Flajolet 1990, Computing 43, 391). Repeats have the same bits, so
they are kept together, and their number times 2, 4 and so on is unbiased.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.drift.reading import bits_of_texts

MOST_KEPT = 2**21  # rows: 16 MiB

Bits = NDArray[np.uint64]
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xD6E8FEB86659FD93)


class RepeatedRows:
    """Counts the rows that were there before; `one_in` is 1 as long as the count is exact."""

    def __init__(self, columns: tuple[str, ...], *, most_kept: int = MOST_KEPT) -> None:
        self._columns = columns
        self._most_kept = most_kept
        self._kept: list[Bits] = []
        self._size = 0
        self.one_in = 1

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows; a column that is not there is missing in all of them."""
        if not any(name in frame for name in self._columns):
            return
        bits = np.zeros(len(frame), dtype=np.uint64)
        for name in self._columns:
            bits = bits * _ODD + (bits_of(frame[name]) if name in frame else _MISSING)
            bits = _mixed(bits)
        self._keep(bits if self.one_in == 1 else self._sampled(bits))
        while self._size > self._most_kept:
            self.one_in *= 2
            self._kept = [self._sampled(np.concatenate(self._kept))]
            self._size = len(self._kept[0])

    def count(self) -> int:
        """How many rows are repeats of an earlier one."""
        if not self._size:
            return 0
        self._kept = [np.concatenate(self._kept)]
        [bits] = self._kept
        bits.sort()
        return self.one_in * int((bits[1:] == bits[:-1]).sum())

    def _keep(self, bits: Bits) -> None:
        self._kept.append(bits)
        self._size += len(bits)

    def _sampled(self, bits: Bits) -> Bits:
        chosen: Bits = bits[bits & np.uint64(self.one_in - 1) == 0]
        return chosen


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
