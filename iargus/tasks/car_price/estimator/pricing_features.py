"""Cars to numbers: age, mileage, the encoded names, and numbers that are taken as they are."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.columns import FURTHER_NUMBERS, is_placeholder
from iargus.tasks.car_price.estimator.name_encoder import NameEncoder
from iargus.tasks.car_price.estimator.name_words import numeric_column
from iargus.tasks.car_price.estimator.price_curve import DIGITS

FloatArray = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25
YOUNG = 12.0  # years; beyond, prices are nearly flat and say nothing about depreciation
MIN_T = 2.0  # a drift below two standard errors is not told from none


class PricingFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn cars into an (n, 8) array: the columns of `iargus.tasks.car_price.columns`, then one for
    each of the ``numbers_`` that the training rows had.

    ``age`` is in years as of the end of the training window, ``mileage`` in miles (NaN where
    missing). For training rows ``observed_at`` (naive UTC) moves the age back by ``clock_`` years
    per year, see :func:`depreciation_clock`, and mileages that are placeholders
    (`is_placeholder`) count as missing. Rows to predict carry no date: they are valued at the end
    of the window, so equal input gives equal output on any day, and what they say of their mileage
    is believed, for otherwise fewer miles could be cheaper.

    ``fit_transform`` gives training rows ten more columns: those of the names, without the state,
    as they are when the model of the row is hidden, then when its make is, so that whatever is
    fitted on them meets names that are not known.

    Fitted: ``encoder_`` (a :class:`NameEncoder`), ``window_end_`` (ISO 8601, naive UTC, ``""`` when
    no training row has a date), ``reference_year_`` (its calendar year), ``clock_`` and
    ``numbers_`` (those of `FURTHER_NUMBERS` that there were).
    """

    numbers_: tuple[str, ...] = ()  # of versions that were fitted before there were any

    def __init__(self, encoder: NameEncoder | None = None, clock: float | None = None) -> None:
        self.encoder = encoder
        self.clock = clock

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Fit on cars ``X`` with prices ``y`` in dollars > 0, else ``ValueError``."""
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self, X: pd.DataFrame, y: npt.ArrayLike | None = None, **_: Any
    ) -> FloatArray:
        """Fit, and return the features of the training rows (dated and cross-fitted), (n, 18)."""
        price = np.asarray(y, dtype=np.float64)
        if not np.all(np.isfinite(price) & (price > 0)):
            raise ValueError("prices must be finite and positive")
        years_ago, sold_in = self._read_window(X)
        mileage = numeric_column(X, "mileage")
        stands_in = is_placeholder(mileage, numeric_column(X, "year"), sold_in)
        mileage = np.where(stands_in, np.nan, mileage)
        X = X.assign(mileage=mileage)
        self.encoder_: NameEncoder = clone(self.encoder) if self.encoder else NameEncoder()
        names = self.encoder_.fit_transform(X, y)
        age = self._age(X)
        self.clock_ = (
            depreciation_clock(np.log(price), age, mileage, years_ago, group=names[:, 4])
            if self.clock is None
            else self.clock
        )
        self.n_features_in_ = X.shape[1]
        self.numbers_ = tuple(name for name in FURTHER_NUMBERS if name in X)
        hidden = [self.encoder_.hidden(X, price, what)[:, 1:] for what in ("model", "make")]
        age = age - self.clock_ * years_ago
        return np.column_stack([age, mileage, names, *self._further(X), *hidden])

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Return the features of cars valued at the end of the training window, (n, 8)."""
        check_is_fitted(self, "encoder_")
        mileage, names = numeric_column(X, "mileage"), self.encoder_.transform(X)
        return np.column_stack([self._age(X), mileage, names, *self._further(X)])

    def unknown(self, X: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return which of ``make``, ``model`` and ``state`` of each row were never seen."""
        return self.encoder_.unknown(X)

    def _age(self, X: pd.DataFrame) -> FloatArray:
        return self.reference_year_ - numeric_column(X, "year")

    def _further(self, X: pd.DataFrame) -> list[FloatArray]:
        return [numeric_column(X, name) for name in self.numbers_]

    def _read_window(self, X: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Keep the end of the window; return the years from each row to it (0 without a date), and
        the calendar year of each row (that of the end without a date)."""
        dates = (
            pd.to_datetime(X["observed_at"]) if "observed_at" in X else pd.Series(dtype="M8[us]")
        )
        end = dates.max()
        if pd.isna(end):
            self.window_end_ = ""
            self.reference_year_ = float(np.nanmax(numeric_column(X, "year"), initial=0.0))
            return np.zeros(len(X)), np.full(len(X), self.reference_year_)
        self.window_end_ = end.isoformat()
        self.reference_year_ = float(end.year)
        days = (end - dates).dt.total_seconds().to_numpy(dtype=np.float64) / 86_400
        sold_in = dates.dt.year.to_numpy(dtype=np.float64, na_value=np.nan)
        return (
            np.nan_to_num(days) / DAYS_PER_YEAR,
            np.where(np.isnan(sold_in), self.reference_year_, sold_in),
        )


def depreciation_clock(
    log_price: FloatArray,
    age: FloatArray,
    mileage: FloatArray,
    years_ago: FloatArray,
    *,
    group: FloatArray,
) -> float:
    """Return in [0, 1] by how many years a car ages, in price, per year of the window.

    1: an old sale was that of a younger car (true age at sale). 0: prices of a model year stayed
    as they were (raw year), as they do over months when demand makes up for age. Which one holds
    depends on window and market, so it is estimated: least squares of the log price on age, mileage
    and time before the end of the window, all centred within ``group`` (the within estimator of
    panel data; Frisch & Waugh, 1933). All arrays are (n,); ages in years, mileage in miles.
    """
    rows = (age >= 0) & (age <= YOUNG)
    known = mileage[~np.isnan(mileage)]
    miles = np.where(np.isnan(mileage), known.mean() if known.size else 0.0, mileage)
    columns = np.column_stack([log_price, age, np.clip(miles, 0, 3e5) / 1e5, years_ago])[rows]
    if len(columns) < 100 or np.ptp(columns[:, 3]) < 0.25:
        return 0.0
    _, place = np.unique(np.nan_to_num(group[rows], nan=-1.0), return_inverse=True)
    counts = np.bincount(place)
    means = [np.bincount(place, weights=c) / counts for c in columns.T]
    centred = columns - np.column_stack(means)[place]
    target, design = centred[:, 0], centred[:, 1:]
    coef: FloatArray = np.zeros(3)
    weight: FloatArray = np.ones(len(target))
    for _ in range(3):  # Huber's (1964) weights, by iteration
        root = np.sqrt(weight)[:, np.newaxis]
        solution = np.linalg.lstsq(design * root, target * root[:, 0], rcond=None)[0]
        coef = np.asarray(solution, dtype=np.float64)
        residual: FloatArray = np.abs(target - design @ coef)
        weight = np.asarray(np.minimum(1.0, 0.4 / (residual + 1e-9)), dtype=np.float64)
    spread = np.average(residual**2, weights=weight)
    covariance = np.linalg.pinv((design * weight[:, None]).T @ design) * spread
    error = float(np.sqrt(max(covariance[2, 2], 1e-18)))
    per_age, per_year_ago = float(coef[0]), float(coef[2])
    if per_age >= 0 or per_year_ago / error < MIN_T:
        return 0.0
    return round(float(np.clip(per_year_ago / -per_age, 0.0, 1.0)), DIGITS)
