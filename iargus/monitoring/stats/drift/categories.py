"""A column of categories as counts, mergeable; and categories never seen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.homogeneity import NOTHING, TableTest, homogeneity, pooled
from iargus.monitoring.stats.drift.reading import BUCKETS, counts_of, in_buckets

MOST_LEVELS = 5000
LONGEST_NAME = 200  # of a category, in characters; longer ones are cut


@dataclass(frozen=True)
class CategorySummary:
    """How many rows hold each level; beyond `MOST_LEVELS` the rarest are `other` rows.

    Of those only the bucket is kept that their name falls into. Which levels are the rarest is
    chance: two summaries can be compared by what both know of every row, and that is its bucket.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    other: int = 0
    buckets: tuple[int, ...] = ()

    @classmethod
    def of(cls, values: pd.Series) -> Self:
        """Of values that are not missing."""
        return cls(counts_of(values, longest=LONGEST_NAME)).shortened()

    @property
    def rows(self) -> int:
        return sum(self.counts.values()) + self.other

    def merge(self, other: Self) -> Self:
        """The summary of both columns one after the other."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        parts = [part.buckets for part in (self, other) if part.buckets]
        buckets = tuple(map(sum, zip(*parts, strict=True)))
        return type(self)(counts, self.other + other.other, buckets).shortened()

    def shortened(self) -> Self:
        if len(self.counts) <= MOST_LEVELS:
            return self
        names = np.array(list(self.counts), dtype=object)
        counts = np.fromiter(self.counts.values(), np.int64, len(names))
        order = np.argsort(-counts, kind="stable")
        kept, rest = order[:MOST_LEVELS], order[MOST_LEVELS:]
        dropped = in_buckets(names[rest], counts[rest])
        before = np.array(self.buckets or (0,) * BUCKETS, dtype=np.int64)
        return type(self)(
            dict(zip(names[kept], counts[kept].tolist(), strict=True)),
            self.other + int(counts[rest].sum()),
            tuple((before + dropped.astype(np.int64)).tolist()),
        )

    def all_in_buckets(self) -> NDArray[np.float64]:
        """The rows in each bucket, whether their level is kept or not."""
        names = np.array(list(self.counts), dtype=object)
        counts = np.fromiter(self.counts.values(), np.int64, len(names))
        return in_buckets(names, counts) + np.array(self.buckets or (0,) * BUCKETS, np.float64)

    def to_json(self) -> dict[str, Any]:
        written = {"counts": dict(self.counts), "other": self.other}
        return {**written, "buckets": list(self.buckets)} if self.other else written

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        buckets = tuple(int(count) for count in document.get("buckets", ()))
        return cls(dict(document["counts"]), int(document["other"]), buckets)


@dataclass(frozen=True)
class NeverSeen:
    """Rows of categories that the reference lacks: their share beyond what chance brings."""

    p_value: float
    excess: float
    levels: tuple[str, ...] = ()


def compare_categories(reference: CategorySummary, current: CategorySummary) -> TableTest:
    """Test of homogeneity over the levels, rare ones pooled; over buckets of levels where one of
    both does not know all of its levels."""
    if reference.other or current.other:
        if any(each.other != sum(each.buckets) for each in (reference, current)):
            return NOTHING  # stored before there were buckets
        r, c = reference.all_in_buckets(), current.all_in_buckets()
    else:
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
    seen: float, sizes: NDArray[np.float64], levels: NDArray[np.int64], chance: NDArray[np.float64]
) -> float:
    """P(sum >= seen) <= min over s of exp(-s seen) E exp(s sum)."""

    def log_bound(log_s: float) -> float:
        s = np.exp(log_s)
        with np.errstate(divide="ignore"):
            grown = np.logaddexp(np.log1p(-chance), np.log(chance) + s * sizes)
        return float((levels * grown).sum() - s * seen)

    return float(np.exp(min(0.0, _smallest(log_bound, -14.0, 3.0))))


def _smallest(function: Callable[[float], float], low: float, high: float) -> float:
    """The least value of a function that falls and then rises, by golden sections (Kiefer 1953).

    Not by `scipy.optimize`, whose import alone takes longer than a comparison.
    """
    part = (5**0.5 - 1) / 2
    one, other = high - part * (high - low), low + part * (high - low)
    at_one, at_other = function(one), function(other)
    while high - low > 1e-4:
        if at_one <= at_other:
            high, other, at_other = other, one, at_one
            one = high - part * (high - low)
            at_one = function(one)
        else:
            low, one, at_one = one, other, at_other
            other = low + part * (high - low)
            at_other = function(other)
    return min(at_one, at_other)


def _aligned(
    reference: CategorySummary, current: CategorySummary
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The counts of the levels of both, and the other rows as one."""
    names = sorted(reference.counts.keys() | current.counts.keys())
    r = np.array([reference.counts.get(name, 0) for name in names], dtype=np.float64)
    c = np.array([current.counts.get(name, 0) for name in names], dtype=np.float64)
    return np.r_[r, reference.other], np.r_[c, current.other]
