"""The whole pipeline from a car to its price."""

from sklearn.pipeline import Pipeline

from iargus.tasks.car_price.columns import AGE, FURTHER_NUMBERS, MAKE, MILEAGE, MODEL, STATE
from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from iargus.tasks.car_price.estimator.pricing_features import PricingFeatures


def build_car_price_pipeline(*, coverage: float = 0.9, random_state: int = 0) -> Pipeline:
    """Return the unfitted pipeline: ``features`` then ``price``.

    ``fit`` takes a DataFrame with ``FEATURES`` and ``observed_at``, and prices in dollars;
    ``predict`` needs the ``FEATURES`` alone and gives dollars, (n,).
    """
    price = MonotonePriceRegressor(
        coverage=coverage,
        categorical=(STATE, MAKE, MODEL),
        # No car is worth more for being older or more driven.
        decreasing=(AGE, MILEAGE),
        random_state=random_state,
        numbers=len(FURTHER_NUMBERS),
    )
    return Pipeline([("features", PricingFeatures()), ("price", price)])
