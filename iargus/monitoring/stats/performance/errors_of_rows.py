"""Errors of single rows, as the rules of this package take them. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iargus.errors import DataError


def finite_errors(errors: ArrayLike) -> NDArray[np.float64]:
    """Give the errors as an array of shape (n,).

    Raises:
        DataError: one of them is not a finite number of at least zero.
    """
    values = np.asarray(errors, dtype=np.float64).reshape(-1)
    bad = int((~np.isfinite(values) | (values < 0)).sum())
    if bad:
        raise DataError(f"{bad:,} of {values.size:,} rows have no finite error")
    return values


def are_binary(errors: NDArray[np.float64]) -> bool:
    """Whether they are all 0 or 1: right and wrong answers."""
    return bool(np.isin(errors, (0.0, 1.0)).all())
