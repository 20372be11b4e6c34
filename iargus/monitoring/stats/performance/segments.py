"""Where is a model worst, and where is a challenger worse though better on the whole? Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from iargus.monitoring.stats.drift.compare import holm
from iargus.monitoring.stats.performance.bounds import share_lower, share_upper
from iargus.monitoring.stats.performance.tally import are_binary, finite_errors

MINIMUM_ROWS = 100  # of a segment; smaller ones are neither tested nor able to block
MOST_SEGMENTS = 100_000  # that are counted; further ones are passed over
SHOWN = 10
_LONGEST_NAME = 80

Errors = NDArray[np.float64]
Test = Callable[[Errors, Errors], float]
Segments = Mapping[str, ArrayLike]
"""By name of a division, such as `make`, the label of every row."""


@dataclass(frozen=True)
class Worse:
    """A segment in which the challenger is worse; `p_value` is corrected over all segments."""

    segment: str
    rows: int
    champion_error: float
    challenger_error: float
    p_value: float


def worse_segments(
    champion: Errors,
    challenger: Errors,
    segments: Segments,
    *,
    margin: float,
    alpha: float,
    test: Test,
) -> tuple[Worse, ...]:
    """The segments that lost more than `margin` and significantly, the largest loss first.

    `test(a, b)` gives the one-sided p of "b is better than a". Holm's correction over all
    segments that are tested keeps a really better challenger from being blocked by chance.
    """
    found = []
    for name, place in _divided(segments, champion.size):
        one, other = champion[place], challenger[place]
        p_value = test(other, one)
        found.append(Worse(name, len(place), float(one.mean()), float(other.mean()), p_value))
    corrected = holm([each.p_value for each in found])
    worse = [
        replace(each, p_value=p_value)
        for each, p_value in zip(found, corrected, strict=True)
        if p_value <= alpha and each.challenger_error - each.champion_error > margin
    ]
    return tuple(sorted(worse, key=lambda each: each.champion_error - each.challenger_error))


def _divided(segments: Segments, rows: int) -> Iterator[tuple[str, NDArray[np.intp]]]:
    for division, given in segments.items():
        labels = np.asarray(given, dtype=object)
        if labels.shape != (rows,):
            raise ValueError(f"{division} has {labels.size} labels, and there are {rows} rows")
        names, place = np.unique(np.array([str(label) for label in labels]), return_inverse=True)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=len(names)))
        for name, members in zip(names, np.split(order, ends[:-1]), strict=True):
            if len(members) >= MINIMUM_ROWS:
                yield f"{division}={name}", members


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
        self._binary = self._binary and are_binary(values)
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
        """The segments of at least `MINIMUM_ROWS` rows whose error is surely largest, by
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
