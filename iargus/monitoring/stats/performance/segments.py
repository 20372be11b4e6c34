"""Where is a challenger worse, though it may be better on the whole? Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iargus.monitoring.stats.drift.compare import holm

MINIMUM_ROWS = 100  # of a segment; smaller ones are neither tested nor able to block

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
        Worse(each.segment, each.rows, each.champion_error, each.challenger_error, p_value)
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
