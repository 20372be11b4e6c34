"""Confidence bounds of a mean error, for skewed errors and for 0/1 errors. Pure.

Percentage errors are skewed to the right: a t interval then lies too low at both ends, and a t
test at 0.43 % rejects 0.06 % of months (lognormal errors, coefficient of variation 1, 300 rows).
Hall's transformation removes the skewness from the studentised mean; being a monotone cubic it
has an inverse in closed form, so that no bootstrap is needed at any number of rows.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betaincinv, ndtr, stdtrit

UPPER_SKEWNESS = 1.4
"""The sample's skewness is too small for heavy tails, which the upper end of an interval pays
for. With this factor there, 95 % intervals cover 94 to 96 % (see
`docs/explanation/monitoring.md`)."""


@dataclass(frozen=True)
class Moments:
    """Mean, standard deviation and skewness of n numbers, the last two unbiased for n > 2."""

    count: int
    mean: float
    spread: float
    skewness: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Moments:
        """The moments of at least three numbers; equal ones have neither spread nor skewness."""
        count, mean = int(values.size), float(values.mean())
        centred = values - mean
        spread = float(np.sqrt((centred**2).sum() / (count - 1)))
        # Equal numbers leave a spread of rounding only.
        if spread <= 1e-12 * float(np.abs(values).max()):
            return cls(count, mean, 0.0, 0.0)
        third = count / ((count - 1) * (count - 2)) * float((centred**3).sum())
        return cls(count, mean, spread, third / spread**3)


def hall(w: float, skewness: float, count: int) -> float:
    """Hall's transformation of a studentised mean W = (mean - mu) / s:
    sqrt(n) (W + g W^2 / 3 + g^2 W^3 / 27 + g / (6 n)), normal up to terms of order 1 / n.

    Hall (1992), "On the removal of skewness by transformation", J. R. Stat. Soc. B 54, 221; the
    first terms are Johnson's modified t (1978), J. Am. Stat. Assoc. 73, 536.
    """
    linear = w + skewness * w**2 / 3 + skewness**2 * w**3 / 27
    return float(np.sqrt(count) * (linear + skewness / (6 * count)))


def hall_inverse(value: float, skewness: float, count: int) -> float:
    """The W that `hall` takes to `value`."""
    shifted = value / np.sqrt(count) - skewness / (6 * count)
    if abs(skewness * shifted) < 1e-9:
        return float(shifted)
    return float(3 / skewness * (np.cbrt(1 + skewness * shifted) - 1))


def mean_lower(moments: Moments, alpha: float) -> float:
    """The one-sided bound that the true mean lies below in a share `alpha` of samples."""
    critical = float(stdtrit(moments.count - 1, 1 - alpha))
    w = hall_inverse(critical, moments.skewness, moments.count)
    return moments.mean - moments.spread * w


def mean_upper(moments: Moments, alpha: float) -> float:
    """The one-sided bound that the true mean lies above in a share `alpha` of samples."""
    critical = float(stdtrit(moments.count - 1, alpha))
    w = hall_inverse(critical, UPPER_SKEWNESS * moments.skewness, moments.count)
    return moments.mean - moments.spread * w


def mean_power(moments: Moments, truth: float, limit: float, alpha: float) -> float:
    """How often `mean_lower` is above `limit` when the mean is `truth`, errors being as many,
    as spread in relation to their mean, and as skewed as these."""
    if moments.spread == 0 or moments.mean == 0:
        return float(truth > limit)
    count, spread = moments.count, moments.spread * truth / moments.mean
    needed = hall_inverse(float(stdtrit(count - 1, 1 - alpha)), moments.skewness, count)
    return float(ndtr(-hall(needed - (truth - limit) / spread, moments.skewness, count)))


def share_lower(wrong: int, count: int, alpha: float) -> float:
    """The exact lower bound of a share (Clopper & Pearson 1934, Biometrika 26, 404)."""
    return 0.0 if wrong == 0 else float(betaincinv(wrong, count - wrong + 1, alpha))


def share_upper(wrong: int, count: int, alpha: float) -> float:
    """The exact upper bound of a share."""
    return 1.0 if wrong == count else float(betaincinv(wrong + 1, count - wrong, 1 - alpha))


def share_power(count: int, truth: float, limit: float, alpha: float) -> float:
    """How often `share_lower` is above `limit` when the share is `truth`: exact."""
    if limit >= 1:
        return 0.0
    # The bound is above the limit when so many wrong ones are rarer than alpha at the limit.
    least = bisect_left(
        range(count + 1), True, key=lambda wrong: bool(bdtrc(wrong - 1, count, limit) < alpha)
    )
    return float(bdtrc(least - 1, count, min(truth, 1.0))) if least <= count else 0.0
