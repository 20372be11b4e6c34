"""One-sided tests of two models on the same rows. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, stdtr

from iargus.monitoring.stats.performance.bounds import Moments, hall

Errors = NDArray[np.float64]


def mcnemar_exact(champion: Errors, challenger: Errors) -> float:
    """One-sided p: with b rows only the champion gets wrong and c only the challenger,
    P(X >= b) for X ~ Binomial(b + c, 1/2); 1 when they never differ."""
    only_champion = int(((champion == 1) & (challenger == 0)).sum())
    only_challenger = int(((champion == 0) & (challenger == 1)).sum())
    if only_champion == 0:
        return 1.0
    return float(bdtrc(only_champion - 1, only_champion + only_challenger, 0.5))


def skew_corrected_t(differences: Errors) -> float:
    """One-sided p of "the mean of the differences is above zero" for n skewed differences.

    W = mean / s goes through Hall's transformation (see `bounds.hall`), which is compared with
    Student's t of n - 1 degrees of freedom. It increases with W always; Johnson's t without the
    cubic term does not, and a clearly better challenger could fail.

    The larger of this p and of the plain t test's counts. The plain one promotes too often when
    the differences are skewed to the left; the corrected one when they are heavy-tailed and not
    skewed, as those of two equal models are (measured at 5 %: 7.6 % at n = 300, CV 2).
    Equal differences throughout have no spread: then the exact sign test decides.
    """
    moments = Moments.of(differences)
    count, mean = moments.count, moments.mean
    if moments.spread == 0:
        return 0.5**count if mean > 0 else 1.0
    w = mean / moments.spread
    plain = float(np.sqrt(count) * w)
    return float(stdtr(count - 1, -min(plain, hall(w, moments.skewness, count))))
