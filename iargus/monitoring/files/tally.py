"""Errors of rows reduced to their moments as they come, and judged as `judge_performance` does.

Ten million errors need no memory so. Moments of two parts give those of the whole exactly (Pébay
2008, Sandia report SAND2008-6212).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iargus.monitoring import bounds
from iargus.monitoring.bounds import Moments
from iargus.monitoring.errors_of_rows import are_binary, finite_errors
from iargus.monitoring.verdict import ALPHA, BELIEVABLE_ROWS, WORSE, State, Verdict


class ErrorTally:
    """Number, mean, and sums of squares and cubes about the mean."""

    def __init__(self) -> None:
        self.rows = 0
        self.mean = 0.0
        self._squares = self._cubes = self._largest = 0.0
        self._binary = True

    def add(self, errors: NDArray[np.float64]) -> None:
        """Add the errors of further rows."""
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
        self.mean += apart * m / rows
        self.rows = rows

    def verdict(self, threshold: float, *, minimum_rows: int = BELIEVABLE_ROWS) -> Verdict:
        """What `judge_performance` says of the same errors."""
        error, needed = self.mean if self.rows else None, max(minimum_rows, BELIEVABLE_ROWS)
        if error is None or self.rows < needed:
            return Verdict(State.INSUFFICIENT, error, threshold, self.rows, needed_rows=needed)
        if self._binary:
            wrong = round(self.mean * self.rows)
            lower = bounds.share_lower(wrong, self.rows, ALPHA)
            power = bounds.share_power(self.rows, WORSE * threshold, threshold, ALPHA)
        else:
            lower = bounds.mean_lower(self._moments(), ALPHA)
            power = bounds.mean_power(self._moments(), WORSE * threshold, threshold, ALPHA)
        state = State.SUSPECT if error > threshold else State.HEALTHY
        return Verdict(
            State.BREACH if lower > threshold else state,
            error,
            threshold,
            self.rows,
            self.interval(),
            lower,
            power,
            needed,
        )

    def interval(self) -> tuple[float, float] | None:
        """Where the true error lies with 95 % confidence; None where too few rows tell."""
        if self.rows < BELIEVABLE_ROWS:
            return None
        if self._binary:
            wrong = round(self.mean * self.rows)
            low = bounds.share_lower(wrong, self.rows, 0.025)
            return low, bounds.share_upper(wrong, self.rows, 0.025)
        moments = self._moments()
        return bounds.mean_lower(moments, 0.025), bounds.mean_upper(moments, 0.025)

    @property
    def metric(self) -> str:
        return "error_rate" if self._binary else "mape"

    def _moments(self) -> Moments:
        n = self.rows
        spread = (self._squares / (n - 1)) ** 0.5
        # As in `Moments.of`: equal numbers leave a spread of rounding only.
        if spread <= 1e-12 * self._largest:
            return Moments(n, self.mean, 0.0, 0.0)
        third = n / ((n - 1) * (n - 2)) * self._cubes
        return Moments(n, self.mean, spread, third / spread**3)
