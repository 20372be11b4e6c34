"""Two small kinds of task with small pipelines, for everything that needs a model at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from iargus.errors import LabelInvalid
from iargus.settings.tasks import TaskPolicy
from iargus.tasks.base import Input, Output, Payload, Problem, Task


class House(Input):
    city: str | None = None
    area: float | None = None


class Rent(Output):
    rent: float


class ToyRent(Task):
    """Rent from city and area; both may be missing."""

    problem = Problem.REGRESSION
    input_model = House
    output_model = Rent
    features = ("city", "area")
    trusted_types = ("numpy.dtype",)  # SimpleImputer remembers the one that it was fitted on

    def build_estimator(self) -> Pipeline:
        columns = ColumnTransformer(
            [
                ("city", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["city"]),
                ("area", SimpleImputer(), ["area"]),
            ]
        )
        return Pipeline([("columns", columns), ("ridge", Ridge(alpha=0.1))])

    def example(self) -> Payload:
        return {"city": "Lyon", "area": 50.0}

    def check_label(self, value: object) -> float:
        if not isinstance(value, int | float) or not value > 0:
            raise LabelInvalid("a rent is above zero")
        return float(value)

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        predicted = estimator.predict(self.frame([self.payload(value) for value in inputs]))
        return [{"rent": float(value)} for value in predicted]


class Weather(Input):
    wind: float
    rain: float


class Mood(Output):
    mood: str


class ToyMood(Task):
    """One of three moods from two numbers."""

    problem = Problem.CLASSIFICATION
    input_model = Weather
    output_model = Mood
    features = ("wind", "rain")

    def build_estimator(self) -> Pipeline:
        return Pipeline(
            [("regression", LogisticRegression(max_iter=1000, random_state=self.policy.seed))]
        )

    def example(self) -> Payload:
        return {"wind": 1.0, "rain": 0.0}

    def check_label(self, value: object) -> str:
        return str(value)

    def predict(self, estimator: Pipeline, inputs: Sequence[Input]) -> list[Payload]:
        predicted = estimator.predict(self.frame([self.payload(value) for value in inputs]))
        return [{"mood": str(value)} for value in predicted]


# Kinds without bundles: scikit-learn serves them.
RENT_POLICY = TaskPolicy(
    kind="tests.toy_tasks:ToyRent", path="/rent", threshold=0.2, serve_uncompiled=True
)
MOOD_POLICY = TaskPolicy(
    kind="tests.toy_tasks:ToyMood", path="/mood", threshold=0.2, serve_uncompiled=True
)


def rent_task(name: str = "rent") -> ToyRent:
    return ToyRent(name, RENT_POLICY)


def mood_task(name: str = "mood") -> ToyMood:
    return ToyMood(name, MOOD_POLICY)


def rent_rows(count: int = 200, *, seed: int = 0, scale: float = 1.0) -> pd.DataFrame:
    """Rents one hour apart; one city in ten and one area in ten is missing."""
    random = np.random.default_rng(seed)
    cities: Any = random.choice(
        np.array(["Lyon", "Lille", "Brest", None], object), count, p=[0.4, 0.3, 0.2, 0.1]
    )
    area = random.uniform(20, 120, count)
    rent = scale * (200 + 12 * area + 150 * (cities == "Lyon")) * random.normal(1, 0.05, count)
    return pd.DataFrame(
        {
            "city": cities,
            "area": np.where(random.random(count) < 0.1, np.nan, area),
            "label": rent,
            "observed_at": pd.date_range("2026-01-01", periods=count, freq="h"),
        }
    )


def mood_rows(count: int = 200, *, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    wind, rain = random.uniform(0, 10, count), random.uniform(0, 10, count)
    noise = random.normal(0, 1, count)
    mood = np.select([wind + noise > 6, rain + noise > 6], ["angry", "sad"], "glad")
    return pd.DataFrame(
        {
            "wind": wind,
            "rain": rain,
            "label": mood,
            "observed_at": pd.date_range("2026-01-01", periods=count, freq="h"),
        }
    )
