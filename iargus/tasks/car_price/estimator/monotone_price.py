"""Prices that follow age and mileage, with an interval that covers what it says."""

from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.columns import AGE, CURVE, LEVEL, MAKE, MILEAGE, SLOPE, TRUST
from iargus.tasks.car_price.estimator.grouping import group_folds
from iargus.tasks.car_price.estimator.known_names import KNOWN, MAKE_ONLY, NEAR, NOTHING
from iargus.tasks.car_price.estimator.price_curve import DIGITS, PriceCurve, fit_curve
from iargus.tasks.car_price.estimator.smooth_pinball import SmoothPinball

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_CURVE = (AGE, MILEAGE, LEVEL, SLOPE)  # what the curve is of
_NAMES = slice(MAKE, TRUST + 1)  # the columns of which training rows have hidden versions
_HIDDEN = TRUST + 1 - MAKE
_SHARE_OF_HIDDEN = 6  # one training row of so many is learned from a second time, as a hidden one
_FEWEST_SCORES = 100
_TRUSTS = (KNOWN, NEAR, MAKE_ONLY, NOTHING)


class MonotonePriceRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Boosted trees on log dollars, with a conformalised quantile interval.

    *Monotone.* The price and both ends of the interval never rise with a column of ``decreasing``,
    by constraint: in each tree, hence in their sum; margins are the same at any age and mileage.
    The trees also see a `PriceCurve` that never rises with either, and never fall with it.

    *Point.* A smooth absolute error (`SmoothPinball`) on log price with weights
    ``(price / first guess) ** -tilt``. At tilt 0 this is about the conditional median; at 1 its
    first-order condition is that of MAPE, since d|p - f|/p = (f/p) d log f. MAPE alone pulls
    prices far below the median of wide distributions, so the default stops between.

    *Unknown names.* Training rows come with columns that say how their names would be read if
    they had never been seen; the trees learn from a share of them where no known name takes
    their place.

    *Interval.* Conformalised quantile regression (Romano, Patterson & Candès, 2019), each side by
    its own, calibrated on out-of-fold rows as in CV+ (Barber et al., 2021), apart for each degree
    of trust in a name (Mondrian; Vovk et al., 2003). Equal cars share a fold.

    ``fit`` takes (n, 8) features, then ``numbers`` columns that the trees take as they are, then
    five more columns for each way of hiding, and (n,) dollars > 0; NaN features are allowed. Raises
    ``ValueError`` when a price is not positive and finite.
    """

    numbers: int = 0  # of versions that were fitted before there were any

    def __init__(
        self,
        coverage: float = 0.9,
        tilt: float = 0.6,
        max_iter: int = 300,
        interval_iter: int = 100,
        learning_rate: float = 0.06,
        min_samples_leaf: int = 20,
        categorical: tuple[int, ...] = (),
        decreasing: tuple[int, ...] = (),
        cv: int = 4,
        random_state: int = 0,
        numbers: int = 0,
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
        self.numbers = numbers

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Fit the point model and both quantile models, and calibrate the interval."""
        features, price = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if not 0 < self.coverage < 1:
            raise ValueError(f"coverage must lie between 0 and 1, not {self.coverage}")
        if not np.all(np.isfinite(price) & (price > 0)):
            raise ValueError("prices must be finite and positive")
        rows = _Rows.read(features, np.log(price).round(DIGITS), TRUST + 1 + self.numbers)
        guess, low, high = self._out_of_fold(rows)
        learned = np.flatnonzero(rows.learned)
        self.curve_ = rows.curve(learned)
        weight = np.exp(-self.tilt * np.clip(rows.z - guess, -2.0, 2.0))[learned].round(DIGITS)
        trees, z = _filled(_with_curve(rows.features[learned], self.curve_)), rows.z[learned]
        self.point_ = self._fit(0.5, self.max_iter, trees, z, weight)
        self.low_ = self._fit(self._tail, self.interval_iter, trees, z)
        self.high_ = self._fit(1 - self._tail, self.interval_iter, trees, z)
        trust = rows.features[:, TRUST]
        self.margins_ = np.array(
            [self._margins(trust, low - rows.z, rows.z - high, which) for which in _TRUSTS]
        )
        if not np.isfinite(self.margins_).all():
            self._fill_margins(low, high, rows.z)
        # A name that is only like a known one is never surer than that.
        self.margins_[NEAR] = np.maximum(self.margins_[NEAR], self.margins_[KNOWN])
        self.n_features_in_ = TRUST + 1 + self.numbers
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return prices in dollars, (n,)."""
        price: FloatArray = np.exp(self.point_.predict(self._trees_see(X)))
        return price

    def predict_with_interval(self, X: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return ``(price, low, high)``; the trees of the price, most of the work, run once."""
        trees = self._trees_see(X)
        price = np.exp(self.point_.predict(trees))
        below, above = self._margins_of(X)
        low = np.exp(self.low_.predict(trees) - below)
        high = np.exp(self.high_.predict(trees) + above)
        return price, np.minimum(low, price), np.maximum(high, price)

    @property
    def _tail(self) -> float:
        return (1 - self.coverage) / 2

    def _margins_of(self, X: npt.ArrayLike) -> tuple[Any, Any]:
        margins = self.margins_[np.asarray(X, dtype=np.float64)[:, TRUST].astype(np.intp)]
        return margins[:, 0], margins[:, 1]

    def _trees_see(self, X: npt.ArrayLike) -> FloatArray:
        check_is_fitted(self, "point_")
        features = np.asarray(X, dtype=np.float64)
        # Versions of layout 2 have no curve.
        curve = getattr(self, "curve_", None)
        return features[:, :TRUST] if curve is None else _with_curve(features, curve)

    def _out_of_fold(self, rows: "_Rows") -> tuple[FloatArray, FloatArray, FloatArray]:
        """The log price of each row, hidden ones too, and both quantiles, without its fold."""
        guess, low, high = (np.empty_like(rows.z) for _ in range(3))
        found = (guess, low, high)
        cars = pd.DataFrame(rows.features[: rows.cars])
        for _, outside in group_folds(cars, self.cv):
            away = np.isin(rows.car, outside)
            inside = np.flatnonzero(rows.learned & ~away)
            curve = rows.curve(inside)
            trees = _filled(_with_curve(rows.features[inside], curve))
            others = _with_curve(rows.features[away], curve)
            for out, quantile in zip(found, (0.5, self._tail, 1 - self._tail), strict=True):
                model = self._fit(quantile, self.interval_iter, trees, rows.z[inside])
                out[away] = model.predict(others)
        return guess, low, high

    def _margins(
        self, trust: FloatArray, below: FloatArray, above: FloatArray, which: int
    ) -> tuple[float, float]:
        its = trust == which
        if its.sum() < (_FEWEST_SCORES if which != KNOWN else 1):
            return np.nan, np.nan
        # Rows of one name err together, and there are few names: the half of a tail is for those.
        tail = self._tail if which == KNOWN else self._tail / 2
        return self._margin(below[its], tail), self._margin(above[its], tail)

    def _margin(self, score: FloatArray, tail: float) -> float:
        level = min(1.0, (1 - tail) * (1 + 1 / len(score)))
        return float(np.quantile(score, level, method="higher"))

    def _fill_margins(self, low: FloatArray, high: FloatArray, z: FloatArray) -> None:
        """Give a degree of trust without rows that of the next lower one; below all of them any
        car may stand for any other."""
        other = np.roll(z, len(z) // 2 + 1)
        anything = (self._margin(low - other, self._tail), self._margin(other - high, self._tail))
        for which in reversed(_TRUSTS):
            if np.isnan(self.margins_[which]).any():
                self.margins_[which] = anything if which == NOTHING else self.margins_[which + 1]

    def _fit(
        self,
        quantile: float,
        max_iter: int,
        features: FloatArray,
        z: FloatArray,
        weight: FloatArray | None = None,
    ) -> HistGradientBoostingRegressor:
        middle = quantile == 0.5
        how: dict[str, Any] = {}
        if self.decreasing:
            falls = [-1 if column in self.decreasing else 0 for column in range(TRUST)]
            how["monotonic_cst"] = [*falls, 1, *[0] * self.numbers]
        return HistGradientBoostingRegressor(
            loss=SmoothPinball(quantile=quantile, width=0.2 if middle else 0.03),
            max_iter=max_iter,
            # Few rows lie beyond a tail, and each step there is a small one.
            learning_rate=self.learning_rate * (1.0 if middle else 3.0),
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=1.0,
            categorical_features=list(self.categorical) or None,
            early_stopping=False,
            random_state=self.random_state,
            **how,
        ).fit(features, z, sample_weight=weight)


class _Rows(NamedTuple):
    """Cars as they are, then the same ones with hidden names, (m, columns); ``car`` is the place of
    each among the first, ``learned`` whether the trees learn from it."""

    features: FloatArray
    z: FloatArray
    car: IndexArray
    learned: npt.NDArray[np.bool_]
    cars: int

    def curve(self, which: IndexArray) -> FloatArray:
        """The coefficients of the curve through those rows of ``which`` that are not hidden."""
        plain = which[which < self.cars]
        age, mileage, level, slope = self.features[plain][:, _CURVE].T
        return fit_curve(age, mileage, level, slope, self.z[plain])

    @classmethod
    def read(cls, wide: FloatArray, z: FloatArray, columns: int) -> "_Rows":
        n, ways = len(wide), (wide.shape[1] - columns) // _HIDDEN
        parts, learned = [wide[:, :columns]], [np.ones(n, dtype=np.bool_)]
        for way in range(ways):
            part = parts[0].copy()
            start = columns + _HIDDEN * way
            part[:, _NAMES] = wide[:, start : start + _HIDDEN]
            parts.append(part)
            # What reads as a known name would teach the trees another car's price for it.
            chosen = np.arange(n) % _SHARE_OF_HIDDEN == way
            learned.append(chosen & (part[:, TRUST] >= MAKE_ONLY))
        return cls(
            np.vstack(parts),
            np.tile(z, ways + 1),
            np.tile(np.arange(n), ways + 1),
            np.concatenate(learned),
            n,
        )


def _with_curve(features: FloatArray, curve: FloatArray) -> FloatArray:
    """Return what the trees see: the curve stands where the features have the trust."""
    trees = features.copy()
    trees[:, CURVE] = PriceCurve(curve.tolist()).values(*features[:, _CURVE].T)
    return trees


def _filled(features: FloatArray) -> FloatArray:
    """Return the features with 0 in columns where nothing is known; trees cannot bin those."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)
