"""The features of versions of layout 1: age, mileage and the encoded names."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.earlier import EarlierEstimator
from iargus.tasks.car_price.estimator.encoder import CarEncoder
from iargus.tasks.car_price.estimator.name_words import numeric_column

FloatArray = npt.NDArray[np.float64]

FEATURE_NAMES = ("age", "mileage", "state", "make", "model", "name_level", "name_slope")


class CarFeatures(TransformerMixin, EarlierEstimator):  # type: ignore[misc]
    """Turn ``state, make, model, year, mileage`` into an (n, 7) array, see ``FEATURE_NAMES``.

    ``age`` is in years as of the end of the training window, ``mileage`` in miles (NaN where
    missing).

    Fitted: ``encoder_`` (a :class:`CarEncoder`) and ``reference_year_``, the calendar year in
    which the training window ended.
    """

    def __init__(self, encoder: CarEncoder | None = None, clock: float | None = None) -> None:
        self.encoder = encoder
        self.clock = clock

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Return the features of cars valued at the end of the training window."""
        check_is_fitted(self, "encoder_")
        return np.column_stack(
            [
                self.reference_year_ - numeric_column(X, "year"),
                numeric_column(X, "mileage"),
                self.encoder_.transform(X),
            ]
        )

    def get_feature_names_out(
        self,
        input_features: Any = None,  # noqa: ARG002
    ) -> npt.NDArray[np.object_]:
        """Return the names of the seven columns."""
        return np.array(FEATURE_NAMES, dtype=object)
