"""The price of a car with BentoML: `bentoml serve`; runs in its own environment."""
# mypy: ignore-errors

import os

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1, traffic={"timeout": 60})
class CarPrice:
    def __init__(self) -> None:
        self.pipeline = joblib.load(os.environ["BENCH_PIPELINE"])

    @bentoml.api
    def predict(self, state: str, make: str, model: str, year: int, mileage: float) -> list[float]:
        car = {"state": state, "make": make, "model": model, "year": year, "mileage": mileage}
        return self.pipeline.predict(pd.DataFrame([car])).ravel().tolist()
