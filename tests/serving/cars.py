"""Small estimators of car prices, which have a form as bundles."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd
from sklearn.pipeline import Pipeline

from iargus.registry import ModelVersion, Registry
from iargus.settings import Policy
from iargus.settings.tasks import TaskPolicy
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import evaluate
from iargus.training.fit import register_candidate
from iargus.training.simulator import SimulationPlan, simulate

TODAY = date(2026, 11, 1)
POLICY = TaskPolicy(kind="car_price", path="/predict", threshold=0.2, parity_rows=500)


def car_catalogue(name: str, policy: TaskPolicy = POLICY) -> Catalogue:
    return Catalogue.read(Policy(tasks={name: policy}))


@cache
def cars() -> pd.DataFrame:
    """600 simulated sales; not to be changed."""
    sales = pd.concat(simulate(SimulationPlan(rows=600, months=6, end=TODAY, seed=0)))
    return sales.rename(columns={"price": "label", "date_added": "observed_at"})


@cache
def fitted(scale: float = 1.0) -> Pipeline:
    """A quick estimator of prices `scale` times as high; not to be changed."""
    task = car_catalogue("car_price").get("car_price")
    quick = task.build_estimator().set_params(price__max_iter=30, price__interval_iter=10)
    return quick.fit(task.training_frame(cars()), cars()["label"].to_numpy() * scale)


def register(registry: Registry, task: Task, scale: float = 1.0) -> ModelVersion:
    """Register that estimator, as a training does."""
    evaluation = evaluate(task, fitted(scale), cars())
    return register_candidate(
        task, fitted(scale), cars(), evaluation=evaluation, registry=registry, run_name="test"
    )
