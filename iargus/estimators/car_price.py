"""The whole pipeline from a car to its price."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.estimators.car_features import CATEGORICAL, CarFeatures
from iargus.estimators.conformal_price import ConformalPriceRegressor

FloatArray = npt.NDArray[np.float64]


def build_car_price_pipeline(*, coverage: float = 0.9, random_state: int = 0) -> Pipeline:
    """Return the unfitted pipeline: ``features`` then ``price``.

    ``fit`` takes a DataFrame with ``state, make, model, year, mileage, observed_at`` and prices in
    dollars; ``predict`` needs the first five and gives dollars, (n,).
    """
    price = ConformalPriceRegressor(
        coverage=coverage, categorical=CATEGORICAL, random_state=random_state
    )
    return Pipeline([("features", CarFeatures()), ("price", price)])


def predict_interval(pipeline: Pipeline, X: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return ``(low, high)`` in dollars, each (n,), of a fitted car-price pipeline."""
    price: ConformalPriceRegressor = pipeline.named_steps["price"]
    return price.predict_interval(pipeline.named_steps["features"].transform(X))
