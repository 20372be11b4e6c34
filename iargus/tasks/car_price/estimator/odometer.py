"""One rule for odometers that say nothing; imports and trainings share it."""

from typing import Any

import numpy as np
import numpy.typing as npt

PLACEHOLDER_BELOW = 100.0  # miles


def is_placeholder(mileage: float, year: int, sold_in: int) -> bool:
    """Whether a mileage stands for one that nobody wrote down: below 100 miles, on a car whose
    model year had passed when it was for sale. Dealers leave such fields at 0, 1 or 10.

    >>> is_placeholder(0, 2012, 2018), is_placeholder(40, 2018, 2018)
    (True, False)
    """
    return mileage < PLACEHOLDER_BELOW and year < sold_in


def placeholders(
    mileage: npt.NDArray[np.float64], year: npt.NDArray[np.float64], sold_in: Any
) -> npt.NDArray[np.bool_]:
    """Return `is_placeholder` of (n,) rows; False where a value is missing."""
    found: npt.NDArray[np.bool_] = (mileage < PLACEHOLDER_BELOW) & (year < sold_in)
    return found
