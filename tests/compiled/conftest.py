"""Small fitted pipelines, and their bundles."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from iargus.serving.compilation.compiling import export_bundle
from iargus.tasks.car_price.compiled.bundle import CarBundle
from iargus.tasks.car_price.estimator.pipeline import build_car_price_pipeline
from iargus.tasks.text_intent.bundle import TextBundle
from iargus.tasks.text_intent.pipeline import build_text_intent_pipeline
from iargus.training.seed import load_sentences
from tests.compiled.forms import CAR_FORM, TEXT_FORM
from tests.tasks.estimators.test_car_price import sales


def fit_car(rows: int = 1_500) -> Pipeline:
    train = sales(rows, seed=1)
    small = build_car_price_pipeline().set_params(price__max_iter=40, price__interval_iter=15)
    return small.fit(train, train["price"])


@pytest.fixture(scope="session")
def car_estimator() -> Pipeline:
    return fit_car()


@pytest.fixture(scope="session")
def text_estimator() -> Pipeline:
    sentences = load_sentences()
    return build_text_intent_pipeline().fit(sentences["text"], sentences["label"])


@pytest.fixture
def car_folder(car_estimator: Pipeline, tmp_path: Path) -> Path:
    folder = tmp_path / "car"
    export_bundle(CAR_FORM, car_estimator, folder)
    return folder


@pytest.fixture
def text_folder(text_estimator: Pipeline, tmp_path: Path) -> Path:
    folder = tmp_path / "text"
    export_bundle(TEXT_FORM, text_estimator, folder)
    return folder


@pytest.fixture
def car_bundle(car_folder: Path) -> CarBundle:
    return CAR_FORM.load(car_folder)


@pytest.fixture
def text_bundle(text_folder: Path) -> TextBundle:
    return TEXT_FORM.load(text_folder)
