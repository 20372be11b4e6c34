"""A numeric column in a few thousand numbers, mergeable. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.homogeneity import EXPECTED, TableTest, homogeneity, weighed

CELLS = 12
SIZE = 1000  # groups of equal weight that a long list of values is reduced to
_LONGEST = 8 * SIZE


@dataclass(frozen=True, eq=False)
class NumberSummary:
    """Ascending distinct `values` and how often each occurs.

    Exact as long as there are at most `8 * SIZE` distinct values; more are reduced to `SIZE`
    groups of equal weight, each standing at its middle value: shares below a value are then off
    by at most half a thousandth, and less than three thousandths after a hundred merges.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Of finite numbers, shape (n,)."""
        distinct, counts = np.unique(values, return_counts=True)
        return cls(distinct, counts.astype(np.float64)).shortened(_LONGEST)

    @property
    def rows(self) -> int:
        return round(float(self.counts.sum()))

    def merge(self, other: Self) -> Self:
        """The summary of both columns one after the other."""
        values, place = np.unique(np.r_[self.values, other.values], return_inverse=True)
        counts = weighed(place, np.r_[self.counts, other.counts], len(values))
        return type(self)(values, counts).shortened(_LONGEST)

    def shortened(self, longest: int) -> Self:
        """The same in `SIZE` groups, where there are more than `longest` values."""
        if len(self.values) <= longest:
            return self
        end = np.cumsum(self.counts)
        middle = end - self.counts / 2
        group = np.minimum((middle / end[-1] * SIZE).astype(np.intp), SIZE - 1)
        starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        counts = np.add.reduceat(self.counts, starts)
        # The value in which half of the group's weight is reached.
        half = np.cumsum(counts) - counts / 2
        return type(self)(self.values[np.searchsorted(end, half)], counts)

    def quantile(self, share: float) -> float:
        """The value that this share of the rows does not exceed; NaN without rows."""
        if not len(self.values):
            return float("nan")
        end = np.cumsum(self.counts)
        place = int(np.searchsorted(end, share * end[-1] * (1 - 1e-12)))
        return float(self.values[min(place, len(self.values) - 1)])

    def to_json(self) -> dict[str, Any]:
        short = self.shortened(SIZE)
        return {
            "values": [float(value) for value in short.values],
            "counts": [int(count) for count in short.counts],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return cls(np.array(document["values"], float), np.array(document["counts"], float))


def compare_numbers(reference: NumberSummary, current: NumberSummary) -> TableTest:
    """Compare in at most `CELLS` cells of equal weight over both; ties stay together."""
    n, m = reference.rows, current.rows
    cells = min(CELLS, int(min(n, m) / EXPECTED))
    if cells < 2:
        return TableTest(1.0, 0.0)
    both = NumberSummary(*_ascending(reference, current))
    cuts = np.unique([both.quantile(place / cells) for place in range(1, cells)])
    return homogeneity(_counts(reference, cuts), _counts(current, cuts), ordered=True)


def _ascending(
    reference: NumberSummary, current: NumberSummary
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.r_[reference.values, current.values]
    order = np.argsort(values, kind="stable")
    return values[order], np.r_[reference.counts, current.counts][order]


def _counts(summary: NumberSummary, cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many rows lie in each cell: up to and with the first cut, and so on, and above."""
    place = np.searchsorted(cuts, summary.values, side="left")
    return weighed(place, summary.counts, len(cuts) + 1)
