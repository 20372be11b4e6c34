"""Bundles answer as their estimators, to the last bit on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.compilation.parity import check_parity
from iargus.tasks.car_price.compiled.bundle import CarBundle
from iargus.tasks.car_price.estimator.pipeline import build_car_price_pipeline
from iargus.tasks.text_intent.bundle import TextBundle
from iargus.tasks.text_intent.pipeline import build_text_intent_pipeline
from tests.compiled.forms import CAR_FORM, TEXT_FORM
from tests.tasks.estimators.test_car_price import sales

ROWS = 5_000


def test_prices_and_intervals_are_the_same(car_estimator: Pipeline, car_bundle: CarBundle) -> None:
    told: list[int] = []
    parity = check_parity(
        CAR_FORM, car_estimator, car_bundle, rows=ROWS, seed=3, progress=told.append
    )
    assert parity.equal, parity.first
    assert parity.worst < 1e-13
    assert sum(told) == parity.rows == ROWS


def test_labels_and_probabilities_are_the_same(
    text_estimator: Pipeline, text_bundle: TextBundle
) -> None:
    parity = check_parity(TEXT_FORM, text_estimator, text_bundle, rows=ROWS, seed=3)
    assert parity.equal, parity.first
    assert parity.worst < 1e-13


def test_another_estimator_is_found_out_with_a_row_that_shows_it(car_bundle: CarBundle) -> None:
    train = sales(600, seed=9)
    other = build_car_price_pipeline().set_params(price__max_iter=5, price__interval_iter=5)
    parity = check_parity(CAR_FORM, other.fit(train, train["price"]), car_bundle, rows=300)
    assert not parity.equal
    assert parity.first is not None
    assert parity.first.expected != parity.first.found
    assert set(parity.first.payload) == {"state", "make", "model", "year", "mileage"}
    assert parity.mismatches <= 300


def test_the_same_seed_gives_the_same_rows(car_bundle: CarBundle, text_bundle: TextBundle) -> None:
    for make in (
        lambda seed: CAR_FORM.synthetic_rows(car_bundle, seed),
        lambda seed: TEXT_FORM.synthetic_rows(text_bundle, seed),
    ):
        one, other, third = (repr(make(seed).rows(50)) for seed in (1, 1, 2))
        assert one == other != third


def test_the_rows_hold_what_is_nasty(car_bundle: CarBundle, text_bundle: TextBundle) -> None:
    cars, texts = (
        CAR_FORM.synthetic_rows(car_bundle, 0).rows(5_000),
        TEXT_FORM.synthetic_rows(text_bundle, 0).rows(5_000),
    )
    assert {True, False} == {car["mileage"] != car["mileage"] for car in cars}
    assert any(car["mileage"] > 1e300 for car in cars)
    assert None in {car["make"] for car in cars}
    lengths = [len(row["text"]) for row in texts if isinstance(row["text"], str)]
    assert min(lengths) == 0
    assert max(lengths) > 2_000
    assert any("🙂" in str(row["text"]) for row in texts)


@pytest.mark.parametrize("known", ["no state", "no name", "no mileage", "twenty rows"])
def test_columns_of_which_nothing_is_known_are_the_same(known: str, tmp_path: Path) -> None:
    train = sales(20 if known == "twenty rows" else 400, seed=5)
    if known == "no state":
        train["state"] = None
    if known == "no name":
        train["model"] = [f"model {i}" for i in range(len(train))]
        train["make"] = [f"make {i}" for i in range(len(train))]
    if known == "no mileage":
        train["mileage"] = np.nan
    pipeline = build_car_price_pipeline().set_params(price__max_iter=8, price__interval_iter=4)
    pipeline.fit(train, train["price"])
    export_bundle(CAR_FORM, pipeline, tmp_path / "b")
    parity = check_parity(CAR_FORM, pipeline, CAR_FORM.load(tmp_path / "b"), rows=500)
    assert parity.worst < 1e-13, parity.first


@pytest.mark.parametrize(
    "labels", [[3, 1, 2], [0.5, 1.5, 2.5], ["a", "b", "a"]], ids=["whole", "broken", "two texts"]
)
def test_labels_of_any_plain_type_are_the_same(labels: list[Any], tmp_path: Path) -> None:
    texts = ["fly to paris", "a room in rome", "what is for lunch"] * 8
    pipeline = build_text_intent_pipeline(max_chars=50).fit(texts, labels * 8)
    export_bundle(TEXT_FORM, pipeline, tmp_path / "b")
    bundle = TEXT_FORM.load(tmp_path / "b")
    answer = bundle.predict_one({"text": "a room"})
    assert list(answer.labels) == sorted(set(labels))
    assert [type(label) for label in answer.labels] == [
        type(label) for label in sorted(set(labels))
    ]
    assert check_parity(TEXT_FORM, pipeline, bundle, rows=500).worst < 1e-13


def test_counts_beyond_the_table_of_logarithms_are_the_same(tmp_path: Path) -> None:
    texts = ["a a b", "b b a", "a b", "b a a"] * 6
    pipeline = build_text_intent_pipeline(max_chars=20_000).fit(texts, ["x", "y", "x", "y"] * 6)
    export_bundle(TEXT_FORM, pipeline, tmp_path / "b")
    rows = [{"text": "a " * 9_000}, {"text": "b a " * 4_500}, {"text": "a"}]
    expected = TEXT_FORM.reference(pipeline, rows)
    bundle = TEXT_FORM.load(tmp_path / "b")
    np.testing.assert_allclose(bundle.numbers(rows), expected, rtol=1e-13)
    one = [bundle.predict_one(row).probabilities for row in rows]
    np.testing.assert_allclose(one, expected, rtol=1e-13)
