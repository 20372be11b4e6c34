"""The categorical encoder of versions of layout 1: names to codes and to a price level."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.distinct import distinct
from iargus.tasks.car_price.estimator.earlier import EarlierEstimator
from iargus.tasks.car_price.estimator.names_v1 import (
    canonical_state,
    car,
    car_tokens,
    model_code,
    model_key,
    word_level,
)

FloatArray = npt.NDArray[np.float64]


class CarEncoder(TransformerMixin, EarlierEstimator):  # type: ignore[misc]
    """Encode ``state, make, model`` of cars; ``transform`` gives an (n, 5) array of floats.

    Columns: code of the state, of the make, of the model (NaN where unknown or missing; a column
    in which nothing is known is 0), then the price level of the name and its change with age, both
    in log dollars: the sum of the ridge coefficients (Hoerl & Kennard, 1970) of the words of the
    name, net of age and mileage. Words give a sensible level to a model never seen as a whole.
    """

    def __init__(self, min_rows: int = 5, alpha: float = 3.0, cv: int = 5) -> None:
        self.min_rows = min_rows
        self.alpha = alpha
        self.cv = cv

    def transform(self, X: pd.DataFrame) -> FloatArray:
        """Encode the rows of ``X``; unknown names are NaN among the codes."""
        check_is_fitted(self, "model_codes_")
        # Many rows have few names: each is looked up once.
        states, state_at = distinct(X["state"] if "state" in X else [""] * len(X))
        pairs, pair_at = distinct(zip(X["make"], X["model"], strict=True))
        cars = [car(*pair) for pair in pairs]
        models = [model_code(model_key(named), self.model_codes_) for named in cars]
        bags = [car_tokens(*named) for named in cars]
        codes = [self.state_codes_.get(canonical_state(state)) for state in states]
        columns = (
            _lookup([self.make_codes_.get(make) for make, _ in cars], self.make_codes_),
            _lookup(models, self.model_codes_),
            *(_levels(bags, table) for table in (self.word_level_, self.word_slope_)),
        )
        return np.column_stack(
            [_lookup(codes, self.state_codes_)[state_at], *(column[pair_at] for column in columns)]
        )


def _lookup(found: list[int | None], codes: dict[str, int]) -> FloatArray:
    # Trees refuse a categorical column without any category, hence the 0.
    return np.array(found, dtype=np.float64) if codes else np.zeros(len(found))


def _levels(bags: list[list[str]], table: dict[str, float]) -> FloatArray:
    return np.array([word_level(bag, table) for bag in bags], dtype=np.float64)
