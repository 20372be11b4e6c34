"""The categorical encoder of the car features: names to codes and to a price level."""

from collections import Counter
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from iargus.tasks.car_price.estimator.distinct import distinct
from iargus.tasks.car_price.estimator.folds import group_folds
from iargus.tasks.car_price.estimator.name_words import fit_words, numeric_column, word_levels
from iargus.tasks.car_price.estimator.names_v1 import (
    canonical_state,
    car,
    car_tokens,
    compact,
    model_code,
    model_key,
)

FloatArray = npt.NDArray[np.float64]

MAX_CODES = 254  # a histogram of 255 bins keeps one for "missing"


class CarEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Encode ``state, make, model`` of cars; ``transform`` gives an (n, 5) array of floats.

    Columns: code of the state, of the make, of the model (NaN where unknown or missing; a column
    in which nothing is known is 0), then the price level of the name and its change with age, both
    in log dollars: the sum of the ridge coefficients (Hoerl & Kennard, 1970) of the words of the
    name, net of age and mileage. Words give a sensible level to a model never seen as a whole.

    ``fit`` needs ``year`` and ``mileage`` as well, and prices in dollars > 0. ``fit_transform``
    gives every row a level fitted without it (cross-fitting; Micci-Barreca, 2001, names the leak).
    """

    def __init__(self, min_rows: int = 5, alpha: float = 3.0, cv: int = 5) -> None:
        self.min_rows = min_rows
        self.alpha = alpha
        self.cv = cv

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Learn codes (the most frequent names first) and coefficients of words."""
        states, cars = _names(X)
        rows = min(self.min_rows, max(1, len(X) // 100))
        self.state_codes_ = _codes(states, rows)
        self.make_codes_ = _codes([make for make, _ in cars], rows)
        codes = _codes([model_key(named) for named in cars], rows)
        # Another punctuation of a known name finds it too, unless it is a known name itself.
        respelled = {compact(key): code for key, code in reversed(codes.items())}
        self.model_codes_ = {**respelled, **codes}
        self.newest_year_ = float(np.nanmax(numeric_column(X, "year"), initial=0.0)) or 2000.0
        bags = [car_tokens(*named) for named in cars]
        self.word_level_, self.word_slope_ = self._fit_words(X, bags, np.log(np.asarray(y, float)))
        self.n_features_in_ = X.shape[1]
        return self

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
            *word_levels(bags, self.word_level_, self.word_slope_),
        )
        return np.column_stack(
            [_lookup(codes, self.state_codes_)[state_at], *(column[pair_at] for column in columns)]
        )

    def fit_transform(
        self, X: pd.DataFrame, y: npt.ArrayLike | None = None, **_: Any
    ) -> FloatArray:
        """Fit on all rows; the levels of each row come from a fit on the other folds."""
        if y is None:
            raise ValueError("the encoder needs prices")
        encoded = self.fit(X, y).transform(X)
        log_price = np.log(np.asarray(y, float))
        bags = [car_tokens(*named) for named in _names(X)[1]]
        for inside, outside in group_folds(X[["make", "model", "year", "mileage"]], self.cv):
            words = self._fit_words(X.iloc[inside], [bags[i] for i in inside], log_price[inside])
            encoded[outside, 3:] = np.column_stack(word_levels([bags[i] for i in outside], *words))
        return encoded

    def _fit_words(
        self, X: pd.DataFrame, bags: list[list[str]], log_price: FloatArray
    ) -> tuple[dict[str, float], dict[str, float]]:
        age = self.newest_year_ - numeric_column(X, "year")
        return fit_words(bags, age, numeric_column(X, "mileage"), log_price, alpha=self.alpha)


def _names(X: pd.DataFrame) -> tuple[list[str], list[tuple[str, str]]]:
    states, state_at = distinct(X["state"] if "state" in X else [""] * len(X))
    pairs, pair_at = distinct(zip(X["make"], X["model"], strict=True))
    known_states = [canonical_state(state) for state in states]
    cars = [car(*pair) for pair in pairs]
    return [known_states[at] for at in state_at], [cars[at] for at in pair_at]


def _codes(names: list[str], min_rows: int) -> dict[str, int]:
    ranked = sorted(Counter(filter(None, names)).items(), key=lambda item: (-item[1], item[0]))
    return {name: i for i, (name, n) in enumerate(ranked[:MAX_CODES]) if n >= min_rows}


def _lookup(found: list[int | None], codes: dict[str, int]) -> FloatArray:
    # Trees refuse a categorical column without any category, hence the 0.
    return np.array(found, dtype=np.float64) if codes else np.zeros(len(found))
