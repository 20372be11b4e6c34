"""Has a column changed its unit? Pure.

Kilometres in a column of miles are 1.609 times as much, for cars of the same age. The
unconditional distribution says less: a month of older cars has more miles too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from iargus.monitoring.drift.reading import numbers_of

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


def unit_change(
    reference: Mapping[str, float], values: pd.Series, groups: pd.Series
) -> UnitChange | None:
    """Compare new values with the reference of their groups; None when no known factor fits.

    Whole months are found, and those of which more than about half of the rows have changed: the
    median of the ratios to the group's median is compared with the known factors.
    """
    logs, names = _logs(values, groups)
    distance = (logs - names.map(dict(reference)).astype(float)).dropna().to_numpy()
    if len(distance) < MINIMUM_ROWS:
        return None
    middle = float(np.median(distance))
    # The standard error of a median of normal values, from their median absolute deviation.
    error = 1.2533 * 1.4826 * float(np.median(np.abs(distance - middle))) / len(distance) ** 0.5
    if abs(middle) < _CERTAIN * error:
        return None
    for name, factor in KNOWN_FACTORS.items():
        if abs(middle - np.log(factor)) <= np.log1p(TOLERANCE):
            return UnitChange(name, float(np.exp(middle)), len(distance))
    return None


def _logs(values: pd.Series, groups: pd.Series) -> tuple[pd.Series, pd.Series]:
    numbers = numbers_of(values).reset_index(drop=True)
    keys = numbers_of(groups).reset_index(drop=True)
    names = keys.map(str).where(keys.notna(), groups.reset_index(drop=True).astype(str))
    usable = (numbers > 0) & np.isfinite(numbers)
    logs = pd.Series(np.log(numbers[usable].to_numpy()), index=numbers[usable].index)
    return logs, names[usable]
