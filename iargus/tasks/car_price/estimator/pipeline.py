"""The whole pipeline from a car to its price."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from iargus.tasks.car_price.estimator.pricing_features import FEATURE_NAMES, PricingFeatures

FloatArray = npt.NDArray[np.float64]

CATEGORICAL = tuple(FEATURE_NAMES.index(name) for name in ("state", "make", "model"))
# No car is worth more for being older or more driven.
DECREASING = tuple(FEATURE_NAMES.index(name) for name in ("age", "mileage"))


def build_car_price_pipeline(*, coverage: float = 0.9, random_state: int = 0) -> Pipeline:
    """Return the unfitted pipeline: ``features`` then ``price``.

    ``fit`` takes a DataFrame with ``state, make, model, year, mileage, observed_at`` and prices in
    dollars; ``predict`` needs the first five and gives dollars, (n,).
    """
    price = MonotonePriceRegressor(
        coverage=coverage,
        categorical=CATEGORICAL,
        decreasing=DECREASING,
        random_state=random_state,
    )
    return Pipeline([("features", PricingFeatures()), ("price", price)])


def predict_interval(pipeline: Pipeline, X: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return ``(low, high)`` in dollars, each (n,), of a fitted car-price pipeline."""
    features = pipeline.named_steps["features"].transform(X)
    return pipeline.named_steps["price"].predict_interval(features)  # type: ignore[no-any-return]
