"""The price of versions of layout 1, which is free to rise with mileage."""

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.earlier import EarlierEstimator

FloatArray = npt.NDArray[np.float64]


class ConformalPriceRegressor(RegressorMixin, EarlierEstimator):  # type: ignore[misc]
    """Boosted trees on log dollars, with a conformalised quantile interval."""

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
