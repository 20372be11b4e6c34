"""Do two samples come from one population? Tests of counts in cells. Pure.

Comparing new counts with reference *shares* as if those were known is a goodness-of-fit test; it
takes the noise of the reference for drift and rejects 32 to 97 % of unchanged months at a nominal
5 %. These are tests of homogeneity: both samples have noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, chdtrc, ndtr

Counts = NDArray[np.float64]

EXPECTED = 5.0
"""The smallest expected count of a cell in the smaller sample (Cochran 1954, Biometrics 10)."""


@dataclass(frozen=True)
class TableTest:
    """`effect` is Cohen's w between the two distributions, debiased, in standard deviations: a
    normal feature whose mean moves by d standard deviations has an effect of about d."""

    p_value: float
    effect: float


NOTHING = TableTest(1.0, 0.0)


def homogeneity(reference: Counts, current: Counts, *, ordered: bool = False) -> TableTest:
    """Two-sample chi-square test of two rows of counts over the same cells.

    With `ordered` cells, the Mann-Whitney test with ties on the cells' mid-ranks is made too; it
    sees a shift several times smaller. The smaller of both p-values counts twice.

    The statistic of two equal populations is about its degrees of freedom, not zero; they are
    subtracted before it becomes an effect, w^2 = (X^2 - df) / (n m / (n + m)), as Bergsma (2013,
    J. Korean Stat. Soc. 42, 323) does for Cramér's V. Hundreds of cells and few rows then have
    no effect by themselves.
    """
    used = reference + current > 0
    reference, current = reference[used], current[used]
    n, m = float(reference.sum()), float(current.sum())
    freedom = len(reference) - 1
    if freedom < 1 or min(n, m) <= 0:
        return NOTHING
    total = reference + current
    effective = n * m / (n + m)
    divergence = ((reference / n - current / m) ** 2 / (total / (n + m))).sum()
    statistic = float(effective * divergence)
    effect = float(np.sqrt(max(0.0, statistic - freedom) / effective))
    p_value = float(chdtrc(freedom, statistic))
    if ordered:
        p_value = min(1.0, 2 * min(p_value, _rank_test(current, total)))
    return TableTest(p_value, effect)


def _rank_test(current: Counts, total: Counts) -> float:
    rows, m = float(total.sum()), float(current.sum())
    ranks = np.cumsum(total) - total / 2
    middle = float((total * ranks).sum() / rows)
    spread = float((total * (ranks - middle) ** 2).sum())
    variance = m * (rows - m) / (rows * (rows - 1)) * spread
    z = (float((current * ranks).sum()) - m * middle) / np.sqrt(variance)
    return float(2 * ndtr(-abs(z)))


def pooled(reference: Counts, current: Counts) -> tuple[Counts, Counts]:
    """Put rare cells together until each is expected `EXPECTED` times in the smaller sample.

    Cells are put together in the order of the counts of *both* samples. Choosing by the
    reference alone would choose cells that are rare there by chance, and find drift in them.
    """
    total = reference + current
    order = np.argsort(-total, kind="stable")
    n, m = float(reference.sum()), float(current.sum())
    if min(n, m) <= 0:
        return reference[:0], current[:0]
    expected = total[order] * min(n, m) / (n + m)
    group = np.zeros(len(order), dtype=np.intp)
    held, place = 0.0, 0
    for position, one in enumerate(expected):
        if held >= EXPECTED:
            place, held = place + 1, 0.0
        group[position] = place
        held += float(one)
    if held < EXPECTED and place > 0:
        group[group == place] = place - 1
    size = int(group.max(initial=0)) + 1
    return weighed(group, reference[order], size), weighed(group, current[order], size)


def weighed(place: NDArray[np.intp], weights: Counts, size: int) -> Counts:
    """The sum of the weights at each of `size` places."""
    return np.bincount(place, weights, size).astype(np.float64)


def shares_differ(reference: Counts, n: int, current: Counts, m: int) -> NDArray[np.float64]:
    """Two-sided p-values, one per item, of "held by equally many of n and of m rows".

    Of all rows that hold the item, Binomial(all, m / (n + m)) are new ones. Without replacement
    they vary less, so the tail is an upper bound (Hoeffding 1963, theorem 4); exact enough for
    what is rare, and for what is common the rows that lack the item are counted instead.
    """
    if n <= 0 or m <= 0:
        return np.ones(len(current))
    common = 2 * (reference + current) > n + m
    held = np.where(common, m - current, current)
    total = np.where(common, n + m - reference - current, reference + current)
    q = m / (n + m)
    low = bdtr(held, total.astype(np.int64), q)
    high = np.where(held > 0, bdtrc(held - 1, total.astype(np.int64), q), 1.0)
    p_values: NDArray[np.float64] = np.minimum(1.0, 2 * np.minimum(low, high))
    return p_values
