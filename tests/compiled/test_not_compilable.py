"""Estimators that have no form as a bundle are refused by name, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sklearn._loss.loss import HalfPoissonLoss
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from iargus.compiled.errors import NotCompilable
from iargus.serving.compilation.compiling import export_bundle
from iargus.tasks.car_price.estimator.monotone_price import MonotonePriceRegressor
from tests.compiled.forms import FORMS


class Subclass(MonotonePriceRegressor):
    pass


def steps(change: Callable[[list[Any]], object]) -> Callable[[Pipeline], object]:
    return lambda pipeline: change(pipeline.steps)


def retype(pipeline: Pipeline) -> None:
    pipeline[-1].__class__ = Subclass


CARS: dict[str, tuple[Callable[[Pipeline], object], str]] = {
    "another last step": (steps(lambda s: s.__setitem__(1, ("price", Ridge()))), "price: a Ridge"),
    "one step more": (steps(lambda s: s.insert(1, ("s", StandardScaler()))), "s: a StandardScaler"),
    "one step less": (steps(lambda s: s.pop()), "features"),
    "a subclass": (retype, "price: a Subclass"),
    "another encoder": (
        lambda p: setattr(p[0], "encoder_", StandardScaler()),
        "features.encoder: a StandardScaler",
    ),
    "another model inside": (lambda p: setattr(p[-1], "low_", Ridge()), "price.low: a Ridge"),
    "another loss": (
        lambda p: setattr(p[-1].high_, "_loss", HalfPoissonLoss()),
        "price.high: the loss Half",
    ),
    "other columns": (lambda p: setattr(p[-1], "n_features_in_", 6), "6 columns"),
}
TEXTS: dict[str, tuple[Callable[[Pipeline], object], str]] = {
    "another last step": (
        steps(lambda s: s.__setitem__(2, ("intent", LogisticRegression()))),
        "intent: a LogisticRegression",
    ),
    "lower case": (
        lambda p: p.set_params(tfidf__words__lowercase=True),
        "tfidf.words: lowercase is True",
    ),
    "another pattern": (
        lambda p: p.set_params(tfidf__words__token_pattern=r"(a+)+$"),
        "tfidf.words: token_pattern",
    ),
    "no word boundaries": (
        lambda p: p.set_params(tfidf__characters__analyzer="char"),
        "tfidf.characters: analyzer",
    ),
    "weights": (lambda p: p.set_params(tfidf__transformer_weights={"words": 2.0}), "tfidf"),
}


def refused(kind: str, pipeline: Pipeline, folder: Path, message: str) -> None:
    with pytest.raises(NotCompilable, match=message):
        export_bundle(FORMS[kind], pipeline, folder)
    assert not folder.exists()


@pytest.mark.parametrize("name", CARS)
def test_a_foreign_car_pipeline_is_refused(
    name: str, car_estimator: Pipeline, tmp_path: Path
) -> None:
    change, message = CARS[name]
    pipeline = deepcopy(car_estimator)
    change(pipeline)
    refused("car_price", pipeline, tmp_path / "b", message)


@pytest.mark.parametrize("name", TEXTS)
def test_a_foreign_text_pipeline_is_refused(
    name: str, text_estimator: Pipeline, tmp_path: Path
) -> None:
    change, message = TEXTS[name]
    pipeline = deepcopy(text_estimator)
    change(pipeline)
    refused("text_intent", pipeline, tmp_path / "b", message)


def test_an_estimator_without_steps_is_refused(tmp_path: Path) -> None:
    refused("car_price", HistGradientBoostingRegressor(), tmp_path / "b", "no pipeline")
