"""Is a model still good enough? Pure: per-row errors and a threshold in, a verdict out.

"The mean error is above the threshold" raises a false alarm in 89 % of years when the true error
is 19 %, the threshold 20 % and a month has 300 rows. Here a breach needs a lower bound above the
threshold, which a model exactly on it reaches in `ALPHA` of months.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from iargus.monitoring.stats.performance import bounds
from iargus.monitoring.stats.performance.evidence import Evidence
from iargus.monitoring.stats.performance.tally import ErrorTally

ALPHA = 0.0035
"""A month: 4.1 % a year for a model exactly on the threshold. What is left of 5 % a year (0.43 % a
month) goes to breaches that several months prove together, see `evidence.LIMIT`."""
BELIEVABLE_ROWS = 30  # below, no skewness is known, and no bound of a mean is worth its name
WORSE = 1.1  # `Verdict.power` is about an error a tenth above the threshold


class State(StrEnum):
    """What a month's rows say about the model that served them."""

    HEALTHY = "healthy"
    SUSPECT = "suspect"  # over the threshold, which may still be chance
    BREACH = "breach"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class Verdict:
    """A state and what it rests on; errors and bounds are shares of one (0.2 is 20 %).

    Attributes:
        error: the mean of the per-row errors, None without rows.
        interval: where the true error lies with 95 % confidence.
        lower_bound: what a breach needs above the threshold; one-sided, at the level `alpha`.
        power: the chance that so many rows confirm an error a tenth above the threshold. A
            "healthy" of little power says little.
        needed_rows: fewer are insufficient.
        accumulated: whether the breach was confirmed by several months together.
    """

    state: State
    error: float | None
    threshold: float
    rows: int
    interval: tuple[float, float] | None = None
    lower_bound: float | None = None
    power: float | None = None
    needed_rows: int = BELIEVABLE_ROWS
    accumulated: bool = False


def judge_performance(
    errors: ArrayLike, threshold: float, *, alpha: float = ALPHA, minimum_rows: int
) -> Verdict:
    """Judge one month by itself; `confirm` adds what the months before say.

    Errors that are all 0 or 1 get the exact bounds of a share, others the bounds of a mean
    corrected for skewness.

    Args:
        errors: one number per row: |y - p| / y (their mean is the MAPE), or 0 and 1.
        threshold: the error above which performance is bad; exactly on it is still healthy.
        alpha: how often a model exactly on the threshold may be called a breach.
        minimum_rows: with fewer rows the state is `insufficient`, whatever their error: a
            handful of rows says nothing, so neither "healthy" nor "breach" would be honest.

    Raises:
        DataError: an error is not a finite number; a mean over it would be meaningless.
    """
    tally = ErrorTally()
    tally.add(np.asarray(errors))
    return judge_tally(tally, threshold, alpha=alpha, minimum_rows=minimum_rows)


def judge_tally(
    tally: ErrorTally, threshold: float, *, alpha: float = ALPHA, minimum_rows: int
) -> Verdict:
    """`judge_performance` of errors that came in parts."""
    error, rows, needed = tally.error, tally.rows, max(minimum_rows, BELIEVABLE_ROWS)
    if error is None or rows < needed:
        return Verdict(State.INSUFFICIENT, error, threshold, rows, needed_rows=needed)
    truth = WORSE * threshold
    if tally.wrong is not None:
        lower = bounds.share_lower(tally.wrong, rows, alpha)
        power = bounds.share_power(rows, truth, threshold, alpha)
    else:
        lower = bounds.mean_lower(tally.moments(), alpha)
        power = bounds.mean_power(tally.moments(), truth, threshold, alpha)
    if lower > threshold:
        state = State.BREACH
    else:
        state = State.SUSPECT if error > threshold else State.HEALTHY
    return Verdict(state, error, threshold, rows, interval_of(tally), lower, power, needed)


def interval_of(tally: ErrorTally) -> tuple[float, float] | None:
    """Where the true error lies with 95 % confidence; None with too few rows."""
    if tally.rows < BELIEVABLE_ROWS:
        return None
    if tally.wrong is not None:
        low = bounds.share_lower(tally.wrong, tally.rows, 0.025)
        return low, bounds.share_upper(tally.wrong, tally.rows, 0.025)
    moments = tally.moments()
    return bounds.mean_lower(moments, 0.025), bounds.mean_upper(moments, 0.025)


def confirm(verdict: Verdict, evidence: Evidence) -> Verdict:
    """Make a suspect month a breach when it and the months before prove one together.

    `evidence` already holds the month of `verdict`. A healthy month stays healthy: what was bad
    before it was reported then.
    """
    if verdict.state is State.SUSPECT and evidence.confirmed:
        return replace(verdict, state=State.BREACH, accumulated=True)
    return verdict
