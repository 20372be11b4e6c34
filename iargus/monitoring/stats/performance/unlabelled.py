"""The probable error before the labels come. It may warn; it must never retrain. Pure.

A model that is uncertain is more often wrong: of classifiers the probability of the predicted label
tells how often, of prices the width of the interval in relation to the price. How often is learned
from labelled rows that the model has not learned from, by groups of equal uncertainty; the
estimate is what these groups would give for the uncertainties of the new rows. For classifiers
that is CBPE with its calibration (NannyML; M-CBPE, arXiv 2401.08348), for prices DLE without a
second model.

What it cannot see: a changed *concept*. If the same input has another truth now (all prices rise by
a tenth), no uncertainty changes, and neither does this estimate; every published method shares
that. It sees that inputs have become harder, as far as the model itself notices. Rows with more
uncertainty than any row known before count as the least certain group, which is too kind; `beyond`
says how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from iargus.errors import DataError
from iargus.monitoring.stats.performance.tally import finite_errors

GROUPS = 15
MINIMUM_ROWS = 100  # of either side
_Z = float(ndtri(0.975))

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class UncertaintyModel:
    """By group of uncertainty, ascending: upper limits, rows, mean error and its variance."""

    limits: tuple[float, ...]
    rows: tuple[int, ...]
    means: tuple[float, ...]
    variances: tuple[float, ...]

    @classmethod
    def fit(cls, uncertainties: ArrayLike, errors: ArrayLike) -> Self:
        """Learn from labelled rows that the model has not learned from.

        Args:
            uncertainties: per row, the greater the less sure: `1 - top probability`, or
                `(high - low) / prediction`.
            errors: per row, 0 and 1 or |y - p| / y.

        Raises:
            DataError: fewer than `MINIMUM_ROWS` rows, or a number that is not finite.
        """
        uncertainty, error = finite_errors(uncertainties), finite_errors(errors)
        if uncertainty.size != error.size:
            raise ValueError(f"{uncertainty.size} uncertainties and {error.size} errors")
        if uncertainty.size < MINIMUM_ROWS:
            raise DataError(f"{uncertainty.size} labelled rows; {MINIMUM_ROWS} are needed")
        cuts = np.unique(np.quantile(uncertainty, np.arange(1, GROUPS) / GROUPS))
        cuts = cuts[cuts < uncertainty.max()]
        place = np.searchsorted(cuts, uncertainty, side="left")
        parts = [error[place == group] for group in range(len(cuts) + 1)]
        return cls(
            limits=(*(float(cut) for cut in cuts), float(uncertainty.max())),
            rows=tuple(len(part) for part in parts),
            means=tuple(float(part.mean()) for part in parts),
            variances=tuple(float(part.var(ddof=min(1, len(part) - 1))) for part in parts),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "limits": list(self.limits),
            "rows": list(self.rows),
            "means": list(self.means),
            "variances": list(self.variances),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        names = ("limits", "rows", "means", "variances")
        return cls(*(tuple(document[name]) for name in names))


@dataclass(frozen=True)
class Estimate:
    """The probable mean error of `rows` rows without labels, with a 95 % interval for the mean
    that their labels will give if the concept is unchanged.

    `error` is None with too few rows. `beyond` is the share of rows with more uncertainty than any
    labelled row had. `warns` when the whole interval is above the threshold.
    """

    error: float | None
    interval: tuple[float, float] | None
    rows: int
    beyond: float
    warns: bool


def estimate_error(
    model: UncertaintyModel, uncertainties: ArrayLike, *, threshold: float
) -> Estimate:
    """Estimate the error of new rows from the uncertainties of the model about them.

    The interval holds three noises: of the groups' means, of the new rows' own errors, and none
    for the uncertainties, which are known.

    Raises:
        DataError: an uncertainty is not a finite number of at least zero.
    """
    uncertainty = finite_errors(uncertainties)
    if uncertainty.size < MINIMUM_ROWS:
        return Estimate(None, None, int(uncertainty.size), 0.0, False)
    place = np.searchsorted(model.limits[:-1], uncertainty, side="left")
    share = np.bincount(place, minlength=len(model.rows)) / uncertainty.size
    rows, means, variances = (
        np.asarray(part, dtype=np.float64) for part in (model.rows, model.means, model.variances)
    )
    error = float(share @ means)
    noise = float(share**2 @ (variances / rows) + share @ variances / uncertainty.size)
    low, high = max(0.0, error - _Z * noise**0.5), error + _Z * noise**0.5
    beyond = float((uncertainty > model.limits[-1]).mean())
    return Estimate(error, (low, high), int(uncertainty.size), beyond, low > threshold)
