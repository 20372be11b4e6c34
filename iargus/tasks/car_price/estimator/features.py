"""Cars to numbers: age, mileage and the encoded names."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.depreciation import depreciation_clock
from iargus.tasks.car_price.estimator.encoder import CarEncoder
from iargus.tasks.car_price.estimator.name_words import numeric_column

FloatArray = npt.NDArray[np.float64]

FEATURE_NAMES = ("age", "mileage", "state", "make", "model", "name_level", "name_slope")
CATEGORICAL = (2, 3, 4)  # places of the codes in FEATURE_NAMES
DAYS_PER_YEAR = 365.25


class CarFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn ``state, make, model, year, mileage`` into an (n, 7) array, see ``FEATURE_NAMES``.

    ``age`` is in years as of the end of the training window, ``mileage`` in miles (NaN where
    missing). For training rows ``observed_at`` (naive UTC) moves the age back by
    ``clock_`` years per year, see :func:`depreciation_clock`. Rows to predict carry no date: they
    are valued at the end of the window, so equal input gives equal output on any day.

    Fitted: ``encoder_`` (a :class:`CarEncoder`), ``window_end_`` (ISO 8601, naive UTC, ``""`` when
    no training row has a date), ``reference_year_`` (its calendar year) and ``clock_``.
    """

    def __init__(self, encoder: CarEncoder | None = None, clock: float | None = None) -> None:
        self.encoder = encoder
        self.clock = clock

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Fit on cars ``X`` with prices ``y`` in dollars > 0, else ``ValueError``."""
        self.fit_transform(X, y)
        return self

    def fit_transform(
        self, X: pd.DataFrame, y: npt.ArrayLike | None = None, **_: Any
    ) -> FloatArray:
        """Fit, and return the features of the training rows (dated and cross-fitted)."""
        price = np.asarray(y, dtype=np.float64)
        if not np.all(np.isfinite(price) & (price > 0)):
            raise ValueError("prices must be finite and positive")
        self.encoder_: CarEncoder = clone(self.encoder) if self.encoder else CarEncoder()
        names = self.encoder_.fit_transform(X, y)
        years_ago = self._read_window(X)
        age, mileage = self._age(X), numeric_column(X, "mileage")
        self.clock_ = (
            depreciation_clock(np.log(price), age, mileage, years_ago, group=names[:, 4])
            if self.clock is None
            else self.clock
        )
        self.n_features_in_ = X.shape[1]
        return np.column_stack([age - self.clock_ * years_ago, mileage, names])

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Return the features of cars valued at the end of the training window."""
        check_is_fitted(self, "encoder_")
        return np.column_stack(
            [self._age(X), numeric_column(X, "mileage"), self.encoder_.transform(X)]
        )

    def get_feature_names_out(
        self,
        input_features: Any = None,  # noqa: ARG002
    ) -> npt.NDArray[np.object_]:
        """Return the names of the seven columns."""
        return np.array(FEATURE_NAMES, dtype=object)

    def _age(self, X: pd.DataFrame) -> FloatArray:
        return self.reference_year_ - numeric_column(X, "year")

    def _read_window(self, X: pd.DataFrame) -> FloatArray:
        """Keep the end of the window; return the years from each row to it (0 without a date)."""
        dates = (
            pd.to_datetime(X["observed_at"]) if "observed_at" in X else pd.Series(dtype="M8[us]")
        )
        end = dates.max()
        if pd.isna(end):
            self.window_end_ = ""
            self.reference_year_ = float(np.nanmax(numeric_column(X, "year"), initial=0.0))
            return np.zeros(len(X))
        self.window_end_ = end.isoformat()
        self.reference_year_ = float(end.year)
        days = (end - dates).dt.total_seconds().to_numpy(dtype=np.float64) / 86_400
        return np.nan_to_num(days) / DAYS_PER_YEAR
