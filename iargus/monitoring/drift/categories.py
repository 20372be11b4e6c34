"""A column of categories as counts, mergeable; and categories never seen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from iargus.monitoring.drift.reading import counts_of
from iargus.monitoring.drift.tables import TableTest, homogeneity, pooled

MOST_LEVELS = 5000
LONGEST_NAME = 200  # of a category, in characters; longer ones are cut


@dataclass(frozen=True)
class CategorySummary:
    """How many rows hold each level; beyond `MOST_LEVELS` the rarest are `other` rows."""

    counts: Mapping[str, int] = field(default_factory=dict)
    other: int = 0

    @classmethod
    def of(cls, values: pd.Series) -> Self:
        """Of values that are not missing."""
        counts = counts_of(values, longest=LONGEST_NAME, most=MOST_LEVELS)
        return cls(counts, len(values) - sum(counts.values()))

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.other

    def merge(self, other: Self) -> Self:
        """The summary of both columns one after the other."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        return type(self)(counts, self.other + other.other).shortened()

    def shortened(self) -> Self:
        if len(self.counts) <= MOST_LEVELS:
            return self
        kept = dict(Counter(self.counts).most_common(MOST_LEVELS))
        return type(self)(kept, self.rows - sum(kept.values()))

    def to_json(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "other": self.other}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return cls(dict(document["counts"]), int(document["other"]))


@dataclass(frozen=True)
class NeverSeen:
    """Rows of categories that the reference lacks: their share beyond what chance brings."""

    p_value: float
    excess: float
    levels: tuple[str, ...] = ()


def compare_categories(reference: CategorySummary, current: CategorySummary) -> TableTest:
    """Test of homogeneity over the levels, rare ones pooled."""
    r, c = _aligned(reference, current)
    return homogeneity(*pooled(r, c))


def never_seen(reference: CategorySummary, current: CategorySummary) -> NeverSeen:
    """Whether more rows than chance brings have a category that the reference lacks.

    New rare levels turn up in unchanged data too. If a level's t rows of both samples were dealt
    at random, all would be new ones with probability q^t, q being the current sample's part.
    The number of rows in such levels is then a sum of t * Bernoulli(q^t), whose tail is bounded
    by Chernoff (1952): safe at any size. A reference that is not complete knows nothing of it.
    """
    n, m = reference.rows, current.rows
    if reference.other or min(n, m) == 0:
        return NeverSeen(1.0, 0.0)
    new = {name: count for name, count in current.counts.items() if name not in reference.counts}
    seen = float(sum(new.values()))
    r, c = _aligned(reference, current)
    sizes, levels = np.unique(r + c, return_counts=True)
    q = m / (n + m)
    chance = q**sizes
    excess = (seen - float((levels * sizes * chance).sum())) / m
    if excess <= 0:
        return NeverSeen(1.0, 0.0)
    most_common = sorted(new, key=lambda name: (-new[name], name))[:5]
    return NeverSeen(_chernoff(seen, sizes, levels, chance), excess, tuple(most_common))


def _chernoff(
    seen: float,
    sizes: NDArray[np.float64],
    levels: NDArray[np.int64],
    chance: NDArray[np.float64],
) -> float:
    """P(sum >= seen) <= min over s of exp(-s seen) E exp(s sum)."""

    def log_bound(log_s: float) -> float:
        s = np.exp(log_s)
        with np.errstate(divide="ignore"):
            grown = np.logaddexp(np.log1p(-chance), np.log(chance) + s * sizes)
        return float((levels * grown).sum() - s * seen)

    best = minimize_scalar(log_bound, bounds=(-14.0, 3.0), method="bounded")
    return float(np.exp(min(0.0, best.fun)))


def _aligned(
    reference: CategorySummary, current: CategorySummary
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if reference.other:
        # A level missing here may be among the other rows there.
        names = list(reference.counts)
    else:
        names = sorted(reference.counts.keys() | current.counts.keys())
    r = np.array([reference.counts.get(name, 0) for name in names], dtype=np.float64)
    c = np.array([current.counts.get(name, 0) for name in names], dtype=np.float64)
    return np.r_[r, reference.rows - r.sum()], np.r_[c, current.rows - c.sum()]
