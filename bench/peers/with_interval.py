"""A champion whose `predict` gives the interval as well, for servers that know only `predict`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline


class WithInterval(BaseEstimator):  # type: ignore[misc]
    """`predict` gives price, low and high, (n, 3), as IArgus's answer to `/predict` has them."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def predict(self, cars: Any) -> NDArray[np.float64]:
        features = self.pipeline[:-1].transform(cars)
        return np.column_stack(self.pipeline[-1].predict_with_interval(features))
