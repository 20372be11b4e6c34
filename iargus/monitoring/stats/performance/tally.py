"""Errors of rows reduced to their moments as they come. Pure.

So ten million errors need no memory. Moments of two parts give those of the whole exactly (Pébay
2008, Sandia report SAND2008-6212).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iargus.errors import DataError
from iargus.monitoring.stats.performance.bounds import Moments


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


class ErrorTally:
    """Number, mean, and sums of squares and cubes about the mean."""

    def __init__(self) -> None:
        self.rows = 0
        self.mean = 0.0
        self._squares = self._cubes = self._largest = 0.0
        self._binary = True

    def add(self, errors: NDArray[np.float64]) -> None:
        """Add the errors of further rows.

        Raises:
            DataError: an error is not a finite number; a mean over it would be meaningless.
        """
        values = finite_errors(errors)
        if not values.size:
            return
        self._binary = self._binary and are_binary(values)
        self._largest = max(self._largest, float(values.max()))
        n, m, mean = self.rows, int(values.size), float(values.mean())
        centred = values - mean
        squares = float((centred**2).sum())
        cubes = float((centred**3).sum())
        rows, apart = n + m, mean - self.mean
        self._cubes += cubes + apart**3 * n * m * (n - m) / rows**2
        self._cubes += 3 * apart * (n * squares - m * self._squares) / rows
        self._squares += squares + apart**2 * n * m / rows
        self.mean = mean if n == 0 else self.mean + apart * m / rows
        self.rows = rows

    @property
    def error(self) -> float | None:
        """The mean; None without rows."""
        return self.mean if self.rows else None

    @property
    def wrong(self) -> int | None:
        """How many of errors that are all 0 or 1 are 1; None of other errors."""
        return round(self.mean * self.rows) if self._binary else None

    def moments(self) -> Moments:
        """Those of at least three errors."""
        n = self.rows
        spread = (self._squares / (n - 1)) ** 0.5
        # As in `Moments.of`: equal numbers leave a spread of rounding only.
        if spread <= 1e-12 * self._largest:
            return Moments(n, self.mean, 0.0, 0.0)
        third = n / ((n - 1) * (n - 2)) * self._cubes
        return Moments(n, self.mean, spread, third / spread**3)
