"""Where is a model worst? The error by segment, added up row by row in a stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from iargus.monitoring.stats.performance.bounds import share_lower, share_upper
from iargus.monitoring.stats.performance.errors_of_rows import finite_errors
from iargus.monitoring.stats.performance.segments import MINIMUM_ROWS

MOST_SEGMENTS = 100_000  # that are counted; further ones are passed over
SHOWN = 10
_LONGEST_NAME = 80


@dataclass(frozen=True)
class SegmentError:
    """The champion's error, a share of one, on the rows of a segment such as `make=ford`.
    `interval` holds the true one with 95 % confidence."""

    segment: str
    rows: int
    error: float
    interval: tuple[float, float]


@dataclass
class SegmentErrors:
    """Rows, sum and sum of squares of the errors of every segment that was seen."""

    _sums: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    _binary: bool = True

    def add(self, segments: Mapping[str, pd.Series], errors: ArrayLike) -> None:
        """Add rows: by name of a division, such as `make`, the label of every row; a missing
        label belongs to no segment."""
        values = finite_errors(errors)
        self._binary = self._binary and bool(np.isin(values, (0.0, 1.0)).all())
        for division, labels in segments.items():
            place, names = pd.factorize(labels.reset_index(drop=True).astype("str"))
            known = (place >= 0) & labels.notna().to_numpy()
            place, own = place[known], values[known]
            parts = np.stack(
                [np.bincount(place, weight, len(names)) for weight in (None, own, own**2)]
            )
            for name, sums in zip(names, parts.T, strict=True):
                self._add(f"{division}={name[:_LONGEST_NAME]}", sums)

    def worst(self, *, most: int = SHOWN) -> tuple[SegmentError, ...]:
        """The segments of at least `segments.MINIMUM_ROWS` rows whose error is surely largest, by
        the lower end of its 95 % interval; in the order of their errors."""
        found = [
            self._error(segment, sums)
            for segment, sums in self._sums.items()
            if sums[0] >= MINIMUM_ROWS
        ]
        chosen = sorted(found, key=lambda each: (-each.interval[0], each.segment))[:most]
        return tuple(sorted(chosen, key=lambda each: (-each.error, each.segment)))

    def _add(self, segment: str, sums: NDArray[np.float64]) -> None:
        if segment in self._sums:
            self._sums[segment] += sums
        elif len(self._sums) < MOST_SEGMENTS:
            self._sums[segment] = sums.astype(np.float64)

    def _error(self, segment: str, sums: NDArray[np.float64]) -> SegmentError:
        rows, total, squares = int(sums[0]), float(sums[1]), float(sums[2])
        mean = total / rows
        if self._binary:
            wrong = round(total)
            interval = share_lower(wrong, rows, 0.025), share_upper(wrong, rows, 0.025)
        else:
            # Student's t: skewness is not known here, and this judges nothing.
            variance = max(0.0, squares - rows * mean**2) / (rows - 1)
            reach = float(stdtrit(rows - 1, 0.975)) * (variance / rows) ** 0.5
            interval = max(0.0, mean - reach), mean + reach
        return SegmentError(segment, rows, mean, interval)
