"""The estimators of layout 1, as earlier releases registered them: their price is free to rise with
mileage, their interval has one margin, and they read names by the spellings of `names_v1`."""

from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.grouping import distinct
from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from iargus.tasks.car_price.estimator.names_v1 import TABLES_V1, CarNamesV1
from iargus.tasks.car_price.estimator.pricing_features import PricingFeatures

FloatArray = npt.NDArray[np.float64]


class _Fitted:
    """An estimator that predicts as it was fitted, and is fitted no more."""

    def fit(self, X: Any, y: Any = None) -> NoReturn:
        """Refuse; scikit-learn takes nothing without this method for an estimator."""
        raise NotImplementedError(f"{type(self).__name__} is only for versions of earlier releases")

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> NoReturn:
        """Refuse."""
        self.fit(X, y)


class CarEncoder(_Fitted, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Encode ``state, make, model`` of cars; ``transform`` gives an (n, 5) array of floats.

    Columns: code of the state, of the make, of the model (NaN where unknown or missing; a column
    in which nothing is known is 0), then the price level of the name and its change with age, both
    in log dollars.
    """

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Encode the rows of ``X``; unknown names are NaN among the codes."""
        check_is_fitted(self, "model_codes_")
        names = CarNamesV1(**{table: getattr(self, f"{table}_") for table in TABLES_V1})
        # Many rows have few names: each is looked up once.
        states, state_at = distinct(X["state"] if "state" in X else [""] * len(X))
        pairs, pair_at = distinct(zip(X["make"], X["model"], strict=True))
        codes = np.array([names.state(state) for state in states], dtype=np.float64)
        columns = np.array([names.car(*pair).columns for pair in pairs]).reshape(-1, 4)
        return np.column_stack([codes[state_at], columns[pair_at]])


class CarFeatures(_Fitted, PricingFeatures):
    """Age, mileage, and the five columns of a `CarEncoder`, (n, 7)."""


class ConformalPriceRegressor(_Fitted, MonotonePriceRegressor):
    """Boosted trees on log dollars over these columns alone, and one margin for each side."""

    margin_low_: float
    margin_high_: float

    def _trees_see(self, X: npt.ArrayLike) -> FloatArray:
        return np.asarray(X, dtype=np.float64)

    def _margins_of(self, X: npt.ArrayLike) -> tuple[Any, Any]:  # noqa: ARG002
        return self.margin_low_, self.margin_high_
