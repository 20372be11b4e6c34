"""What a car of a name costs by age and mileage, as one smooth curve: a feature of the trees.

Trees that may not rise with age or mileage grow coarse where the effect of one depends on the
name; this curve has that dependence already and never rises by construction. Served models and
estimators share it: every operation is elementwise and in one order, so that a row alone and a row
among many have the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Processors sum in other orders, and trees turn a last digit into another split. What is fitted
# before the trees is rounded to this many digits, so that they see the same everywhere.
DIGITS = 6
AGE_CENTRE, AGE_SCALE = 9.0, 6.0  # years; roughly mean and spread of the age of cars on sale
MILES_CENTRE = 1.0e5

# Start and length of the segments of a piecewise linear function.
_AGES = ((0.0, 3.0), (3.0, 5.0), (8.0, 7.0), (15.0, 10.0), (25.0, 15.0))  # years
_MILES = ((0.0, 5.0e4), (5.0e4, 1.0e5), (1.5e5, 2.5e5))  # miles
COEFFICIENTS = len(_AGES) + len(_MILES) + 1
_ROUNDS = 4


class PriceCurve:
    """``level`` of a name, plus what age and mileage take away from it, in log dollars.

    ``coefficients`` are the slopes by age, for each year, and by mileage, for each mile, of all
    segments, then what an unknown mileage adds to the mileage of `MILES_CENTRE`. A slope by age
    gets that of the name on top; where the sum would rise, it is level.
    """

    def __init__(self, coefficients: Iterable[float]) -> None:
        *slopes, unread = (float(each) for each in coefficients)
        self._by_age = slopes[: len(_AGES)]
        self._by_miles = [min(slope, 0.0) for slope in slopes[len(_AGES) :]]
        self._unread = _lost(MILES_CENTRE, _MILES, self._by_miles) + unread

    def value(self, age: float, mileage: float, level: float, slope: float) -> float:
        """The log dollars of one car; NaN for an age or a mileage that is not known."""
        slopes = [min(each + slope / AGE_SCALE, 0.0) for each in self._by_age]
        centre = _lost(AGE_CENTRE, _AGES, slopes)
        by_age = 0.0 if age != age else _lost(age, _AGES, slopes) - centre
        by_miles = self._unread if mileage != mileage else _lost(mileage, _MILES, self._by_miles)
        return level + by_age + by_miles

    def values(
        self, age: FloatArray, mileage: FloatArray, level: FloatArray, slope: FloatArray
    ) -> FloatArray:
        """`value` of (n,) cars."""
        slopes = [np.minimum(each + slope / AGE_SCALE, 0.0) for each in self._by_age]
        centre = _all_lost(np.full(len(age), AGE_CENTRE), _AGES, slopes)
        by_age = np.where(np.isnan(age), 0.0, _all_lost(age, _AGES, slopes) - centre)
        by_miles = np.where(
            np.isnan(mileage), self._unread, _all_lost(mileage, _MILES, self._by_miles)
        )
        found: FloatArray = level + by_age + by_miles
        return found


def fit_curve(
    age: FloatArray, mileage: FloatArray, level: FloatArray, slope: FloatArray, z: FloatArray
) -> FloatArray:
    """Return the `COEFFICIENTS` of a `PriceCurve` through (n,) log prices, by least squares with
    Huber's (1964) weights."""
    unread = np.isnan(mileage)
    years = np.where(np.isnan(age), AGE_CENTRE, age)
    parts = [np.clip(years - start, 0.0, length) for start, length in _AGES]
    # In units of 100,000 miles, for the sake of the condition of the matrix.
    miles = np.where(unread, MILES_CENTRE, mileage)
    parts += [np.clip(miles - start, 0.0, length) / MILES_CENTRE for start, length in _MILES]
    design = np.column_stack([*parts, unread, np.ones(len(z))])
    target = z - level - slope * (np.clip(years, 0.0, 40.0) - AGE_CENTRE) / AGE_SCALE
    weight: FloatArray = np.ones(len(z))
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        found = np.linalg.lstsq(design * root[:, np.newaxis], target * root, rcond=None)[0]
        weight = np.minimum(1.0, 0.4 / (np.abs(target - design @ found) + 1e-9))
    coefficients: FloatArray = found[:COEFFICIENTS].round(DIGITS)
    coefficients[len(_AGES) : -1] /= MILES_CENTRE
    return coefficients


def _lost(value: float, segments: Sequence[tuple[float, float]], slopes: Sequence[float]) -> float:
    total = 0.0
    for (start, length), slope in zip(segments, slopes, strict=True):
        total += min(max(value - start, 0.0), length) * slope
    return total


def _all_lost(
    value: FloatArray, segments: Sequence[tuple[float, float]], slopes: Sequence[Any]
) -> FloatArray:
    total: FloatArray = np.zeros(len(value))
    for (start, length), slope in zip(segments, slopes, strict=True):
        total = total + np.minimum(np.maximum(value - start, 0.0), length) * slope
    return total
