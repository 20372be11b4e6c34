"""Has a column changed its unit? Pure.

Kilometres in a column of miles are 1.609 times as much, for cars of the same age. The
unconditional distribution says less: a month of older cars has more miles too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.numbers import NumberSummary
from iargus.monitoring.stats.drift.reading import numbers_of

KNOWN_FACTORS: Mapping[str, float] = {
    "kilometres instead of miles": 1.609344,
    "miles instead of kilometres": 1 / 1.609344,
    "thousandfold": 1000.0,
    "thousandths": 0.001,
    "hundredfold": 100.0,
    "hundredths": 0.01,
}
TOLERANCE = 0.12  # of a factor: a real month differs from the history a little as well
MINIMUM_ROWS = 100
_CERTAIN = 6.0  # standard errors from no change


@dataclass(frozen=True)
class UnitCheck:
    """A column whose unit is checked within groups of another; see `unit_reference`."""

    column: str
    group: str
    reference: Mapping[str, float]


@dataclass(frozen=True)
class UnitChange:
    """A month in which a column is `factor` times what it was, near the factor called `name`."""

    name: str
    factor: float
    rows: int


def unit_reference(values: pd.Series, groups: pd.Series) -> dict[str, float]:
    """The median logarithm of the positive values in every group of ten rows or more.

    `groups` is what the values depend on most, such as the age or the model year of a car.
    Groups are named by `str`, so that the result can be stored as JSON.
    """
    logs, names = _logs(values, groups)
    medians = logs.groupby(names).agg(["median", "size"])
    medians = medians[medians["size"] >= 10]
    return {str(name): float(value) for name, value in medians["median"].items()}


class UnitScan:
    """Compares a stream of values with the `reference` of their groups, part by part."""

    def __init__(self, reference: Mapping[str, float]) -> None:
        self._reference = dict(reference)
        self._distances = NumberSummary.of(np.zeros(0))

    def add(self, values: pd.Series, groups: pd.Series) -> None:
        """Look at further values; those of groups that the reference lacks say nothing."""
        logs, names = _logs(values, groups)
        distance = (logs - names.map(self._reference).astype(float)).to_numpy()
        part = NumberSummary.of(distance[np.isfinite(distance)])
        self._distances = self._distances.merge(part)

    def change(self) -> UnitChange | None:
        """The change, where a known factor fits.

        Whole months are found, and those of which more than about half of the rows have changed:
        the median of the ratios to the group's median is compared with the known factors.
        """
        rows = self._distances.rows
        if rows < MINIMUM_ROWS:
            return None
        values, counts = self._distances.values, self._distances.counts
        middle = _median(values, counts)
        # The standard error of a median of normal values, from their median absolute deviation.
        error = 1.2533 * 1.4826 * _median(np.abs(values - middle), counts) / rows**0.5
        if abs(middle) < _CERTAIN * error:
            return None
        for name, factor in KNOWN_FACTORS.items():
            if abs(middle - np.log(factor)) <= np.log1p(TOLERANCE):
                return UnitChange(name, float(np.exp(middle)), rows)
        return None


def _median(values: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    end = np.cumsum(counts[order])
    # Both middle rows, or the one twice.
    middle = np.searchsorted(end, [(end[-1] + 1) // 2, end[-1] // 2 + 1])
    return float(values[order][middle].mean())


def _logs(values: pd.Series, groups: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The logarithms of the positive values, and the names of their groups."""
    numbers = numbers_of(values).to_numpy()
    usable = np.flatnonzero((numbers > 0) & np.isfinite(numbers))
    chosen = groups.iloc[usable].reset_index(drop=True)
    keys = numbers_of(chosen)
    codes, distinct = pd.factorize(keys)
    # One name for each distinct number, not for each row.
    named = np.array([*(str(key) for key in distinct), ""], dtype=object)[codes]
    names = pd.Series(named, dtype=object)
    unnamed = np.flatnonzero(codes < 0)
    if unnamed.size:
        others = chosen.iloc[unnamed]
        names.iloc[unnamed] = others.map(str).where(others.notna(), None).to_numpy(object)
    return pd.Series(np.log(numbers[usable])), names
