"""Prices with an interval that covers what it says."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.folds import group_folds

FloatArray = npt.NDArray[np.float64]


class ConformalPriceRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Boosted trees on log dollars, with a conformalised quantile interval.

    *Point.* Absolute error on log price with weights ``(price / first guess) ** -tilt``. At tilt 0
    this is the conditional median; at 1 its first-order condition is that of MAPE, since
    d|p - f|/p = (f/p) d log f. MAPE alone pulls prices far below the median of wide
    distributions, so the default stops between.

    *Interval.* Conformalised quantile regression (Romano, Patterson & Candès, 2019), each side by
    its own, calibrated on out-of-fold rows as in CV+ (Barber et al., 2021). Equal cars
    share a fold.

    ``fit`` takes (n, d) features and (n,) dollars > 0; NaN features are allowed. Raises
    ``ValueError`` when a price is not positive and finite.
    """

    def __init__(
        self,
        coverage: float = 0.9,
        tilt: float = 0.75,
        max_iter: int = 300,
        interval_iter: int = 100,
        learning_rate: float = 0.06,
        min_samples_leaf: int = 20,
        categorical: tuple[int, ...] = (),
        decreasing: tuple[int, ...] = (),
        cv: int = 4,
        random_state: int = 0,
    ) -> None:
        self.coverage = coverage
        self.tilt = tilt
        self.max_iter = max_iter
        self.interval_iter = interval_iter
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf
        self.categorical = categorical
        self.decreasing = decreasing
        self.cv = cv
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Fit the point model and both quantile models, and calibrate the interval."""
        features, price = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if not 0 < self.coverage < 1:
            raise ValueError(f"coverage must lie between 0 and 1, not {self.coverage}")
        if not np.all(np.isfinite(price) & (price > 0)):
            raise ValueError("prices must be finite and positive")
        z = np.log(price)
        guess, low, high = np.empty_like(z), np.empty_like(z), np.empty_like(z)
        for inside, outside in group_folds(pd.DataFrame(features), self.cv):
            for out, quantile in ((guess, None), (low, self._tail), (high, 1 - self._tail)):
                tree = self._trees(quantile, self.interval_iter).fit(
                    _filled(features[inside]), z[inside]
                )
                out[outside] = tree.predict(features[outside])
        features = _filled(features)
        weight = np.exp(-self.tilt * np.clip(z - guess, -2.0, 2.0))
        self.point_ = self._trees(None, self.max_iter).fit(features, z, sample_weight=weight)
        self.low_ = self._trees(self._tail, self.interval_iter).fit(features, z)
        self.high_ = self._trees(1 - self._tail, self.interval_iter).fit(features, z)
        self.margin_low_ = self._margin(low - z)
        self.margin_high_ = self._margin(z - high)
        self.n_features_in_ = features.shape[1]
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return prices in dollars, (n,)."""
        check_is_fitted(self, "point_")
        price: FloatArray = np.exp(self.point_.predict(np.asarray(X, dtype=np.float64)))
        return price

    def predict_interval(self, X: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return ``(low, high)`` in dollars, each (n,), with low <= price <= high."""
        return self.predict_with_interval(X)[1:]

    def predict_with_interval(self, X: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return ``(price, low, high)``; the trees of the price, most of the work, run once."""
        features = np.asarray(X, dtype=np.float64)
        price = self.predict(features)
        low = np.exp(self.low_.predict(features) - self.margin_low_)
        high = np.exp(self.high_.predict(features) + self.margin_high_)
        return price, np.minimum(low, price), np.maximum(high, price)

    @property
    def _tail(self) -> float:
        return (1 - self.coverage) / 2

    def _margin(self, score: FloatArray) -> float:
        level = min(1.0, (1 - self._tail) * (1 + 1 / len(score)))
        return float(np.quantile(score, level, method="higher"))

    def _trees(self, quantile: float | None, max_iter: int) -> HistGradientBoostingRegressor:
        how: dict[str, Any] = (
            {"loss": "absolute_error"}
            if quantile is None
            else {"loss": "quantile", "quantile": quantile}
        )
        return HistGradientBoostingRegressor(
            **how,
            max_iter=max_iter,
            learning_rate=self.learning_rate,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=1.0,
            categorical_features=list(self.categorical) or None,
            monotonic_cst=dict.fromkeys(self.decreasing, -1) or None,
            early_stopping=False,
            random_state=self.random_state,
        )


def _filled(features: FloatArray) -> FloatArray:
    """Return the features with 0 in columns where nothing is known; trees cannot bin those."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)
