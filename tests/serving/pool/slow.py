"""A task that does as its input says: waits, fails, or answers. Nothing here needs scikit-learn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from iargus.settings.tasks import TaskPolicy
from iargus.tasks.base import Input, Output, Payload, Problem, Task

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class House(Input):
    """Of `area` square metres, priced after `wait_s` seconds."""

    area: float
    wait_s: float = 0.0


class Rent(Output):
    rent: float
    floors: int


class SlowRent(Task):
    """Rent from the area alone."""

    problem = Problem.REGRESSION
    input_model = House
    output_model = Rent
    features = ("area",)

    def build_estimator(self) -> Pipeline:
        from sklearn.linear_model import LinearRegression
        from sklearn.pipeline import Pipeline

        return Pipeline([("line", LinearRegression())])

    def example(self) -> Payload:
        return {"area": 50.0}

    def check_label(self, value: object) -> float:
        return float(str(value))

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        import numpy as np

        found: list[Payload] = []
        for value in inputs:
            row: Any = self.payload(value)
            time.sleep(value.model_dump()["wait_s"])
            if row["area"] < 0:
                raise ValueError("no house is smaller than nothing")
            (rent,) = estimator.predict(self.frame([row]))
            # numpy's numbers are what estimators give.
            found.append({"rent": np.float64(rent), "floors": np.int64(2)})
        return found


POLICY = TaskPolicy(
    kind="tests.serving.pool.slow:SlowRent", path="/slow", threshold=0.2, serve_uncompiled=True
)
