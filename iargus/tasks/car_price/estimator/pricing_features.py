"""Cars to numbers: age, mileage and the encoded names."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.depreciation import depreciation_clock
from iargus.tasks.car_price.estimator.name_encoder import COLUMNS, NameEncoder
from iargus.tasks.car_price.estimator.name_words import numeric_column
from iargus.tasks.car_price.estimator.odometer import placeholders

FloatArray = npt.NDArray[np.float64]

FEATURE_NAMES = ("age", "mileage", *COLUMNS)
# Of a training row, names as they would be read if the model, or the make, had never been seen.
HIDDEN = ("model", "make")
HIDDEN_NAMES = COLUMNS[1:]
DAYS_PER_YEAR = 365.25


class PricingFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn ``state, make, model, year, mileage`` into an (n, 8) array, see ``FEATURE_NAMES``.

    ``age`` is in years as of the end of the training window, ``mileage`` in miles (NaN where
    missing). For training rows ``observed_at`` (naive UTC) moves the age back by
    ``clock_`` years per year, see :func:`depreciation_clock`, and mileages that are placeholders
    (`placeholders`) count as missing. Rows to predict carry no date: they are valued at the end of
    the window, so equal input gives equal output on any day, and what they say of their mileage is
    believed, for otherwise fewer miles could be cheaper.

    ``fit_transform`` gives training rows ten more columns: ``HIDDEN_NAMES`` as they are when the
    model of the row is hidden, then when its make is, so that whatever is fitted on them meets
    names that are not known.

    Fitted: ``encoder_`` (a :class:`NameEncoder`), ``window_end_`` (ISO 8601, naive UTC, ``""`` when
    no training row has a date), ``reference_year_`` (its calendar year) and ``clock_``.
    """

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
        nothing = placeholders(mileage, numeric_column(X, "year"), sold_in)
        mileage = np.where(nothing, np.nan, mileage)
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
        hidden = [self.encoder_.hidden(X, price, what)[:, 1:] for what in ("model", "make")]
        return np.column_stack([age - self.clock_ * years_ago, mileage, names, *hidden])

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Return the features of cars valued at the end of the training window, (n, 8)."""
        check_is_fitted(self, "encoder_")
        return np.column_stack(
            [self._age(X), numeric_column(X, "mileage"), self.encoder_.transform(X)]
        )

    def unknown(self, X: pd.DataFrame) -> list[tuple[str, ...]]:
        """Return which of ``make``, ``model`` and ``state`` of each row were never seen."""
        return self.encoder_.unknown(X)

    def get_feature_names_out(
        self,
        input_features: Any = None,  # noqa: ARG002
    ) -> npt.NDArray[np.object_]:
        """Return the names of the eight columns."""
        return np.array(FEATURE_NAMES, dtype=object)

    def _age(self, X: pd.DataFrame) -> FloatArray:
        return self.reference_year_ - numeric_column(X, "year")

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
