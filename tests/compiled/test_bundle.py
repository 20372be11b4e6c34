"""Loading and asking a bundle."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import skops.io
from sklearn.pipeline import Pipeline

from iargus.compiled.bundle import Bundle
from iargus.serving.compilation.compiling import export_bundle
from iargus.tasks.car_price.compiled.bundle import CarBundle, CarPrediction
from iargus.tasks.car_price.task import CarPrice
from iargus.tasks.text_intent.bundle import TextBundle
from iargus.tasks.text_intent.task import TextIntent
from tests.compiled.forms import CAR_FORM, FORMS, TEXT_FORM

CAR = {"state": "tx", "make": "ford", "model": "F-150 XLT", "year": 2014, "mileage": 70_000.0}

CHILD = """
import json, sys
from pathlib import Path
from tests.compiled.forms import CAR_FORM, FORMS, TEXT_FORM
from iargus.tasks.car_price.compiled.form import CarForm
from iargus.tasks.text_intent.form import TextForm
forms = CarForm(), TextForm()
car, text = (form.load(Path(folder)) for form, folder in zip(forms, sys.argv[1:], strict=True))
car.predict_one(json.loads(sys.stdin.read()))
car.predict_many([])
text.predict_one({"text": "how much is my car worth"})
text.predict_many([{"text": "a"}])
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""
FOREIGN = {"sklearn", "pandas", "scipy", "mlflow", "skops", "joblib", "pydantic", "sqlalchemy"}


def test_a_serving_process_imports_numpy_and_nothing_else(
    car_folder: Path, text_folder: Path
) -> None:
    out = subprocess.run(
        [sys.executable, "-c", CHILD, str(car_folder), str(text_folder)],
        input=json.dumps(CAR),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    loaded = set(json.loads(out))
    assert "numpy" in loaded
    assert not loaded & FOREIGN


def test_the_interval_holds_the_price(car_bundle: CarBundle) -> None:
    answers = car_bundle.predict_many(CAR_FORM.synthetic_rows(car_bundle, 4).rows(500))
    assert all(0 < answer.low <= answer.price <= answer.high for answer in answers)
    assert isinstance(car_bundle.predict_one(CAR), CarPrediction)


def test_probabilities_sum_to_one(text_bundle: TextBundle) -> None:
    answers = text_bundle.predict_many(TEXT_FORM.synthetic_rows(text_bundle, 4).rows(500))
    assert all(sum(answer.probabilities) == pytest.approx(1.0) for answer in answers)


def test_no_row_gives_no_answer(car_bundle: CarBundle, text_bundle: TextBundle) -> None:
    assert list(car_bundle.predict_many([])) == []
    assert list(text_bundle.predict_many([])) == []


def test_a_state_may_be_left_out(car_bundle: CarBundle) -> None:
    without = {name: value for name, value in CAR.items() if name != "state"}
    assert car_bundle.predict_one(without) == car_bundle.predict_one({**CAR, "state": None})


def test_threads_get_the_answers_of_one(car_bundle: CarBundle, text_bundle: TextBundle) -> None:
    cars = CAR_FORM.synthetic_rows(car_bundle, 8).rows(800)
    texts = TEXT_FORM.synthetic_rows(text_bundle, 8).rows(800)
    of_each: list[tuple[Bundle, list[dict[str, Any]]]] = [(car_bundle, cars), (text_bundle, texts)]
    for bundle, rows in of_each:
        alone = [repr(bundle.predict_one(row)) for row in rows]
        with ThreadPoolExecutor(4) as threads:
            assert [repr(answer) for answer in threads.map(bundle.predict_one, rows)] == alone


def test_the_same_estimator_gives_the_same_bytes(car_estimator: Pipeline, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        export_bundle(CAR_FORM, car_estimator, folder)
    one, other = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in folders)
    assert one == other


@pytest.mark.parametrize("kind", ["car_price", "text_intent"])
def test_a_stored_estimator_gives_the_bytes_of_the_one_that_was_fitted(
    kind: str, car_estimator: Pipeline, text_estimator: Pipeline, tmp_path: Path
) -> None:
    estimator, types = {
        "car_price": (car_estimator, CarPrice.trusted_types),
        "text_intent": (text_estimator, TextIntent.trusted_types),
    }[kind]
    stored = skops.io.loads(skops.io.dumps(estimator), trusted=list(types))
    one = export_bundle(FORMS[kind], estimator, tmp_path / "fitted")
    assert export_bundle(FORMS[kind], stored, tmp_path / "stored") == one


def test_answers_are_quick(car_bundle: CarBundle, text_bundle: TextBundle) -> None:
    # Twenty times what is usual: this finds a slow path, not a slow day.
    for bundle, row in ((car_bundle, CAR), (text_bundle, {"text": "how much is my car worth"})):
        start = time.process_time()
        for _ in range(200):
            bundle.predict_one(row)
        assert (time.process_time() - start) / 200 < 0.001


def test_a_model_that_is_not_needed_any_more_is_gone_at_once(
    car_folder: Path, text_folder: Path
) -> None:
    """Not only when the collector of cycles comes by: champions change while it is idle."""
    gc.disable()
    try:
        for form, folder in ((CAR_FORM, car_folder), (TEXT_FORM, text_folder)):
            bundle = form.load(folder)
            bundle.predict_one(bundle.manifest.canaries[0].payload)
            seen = weakref.ref(bundle)
            parts = [weakref.ref(part) for part in vars(bundle).values() if _can_be_seen(part)]
            del bundle
            assert seen() is None
            assert [part for part in parts if part() is not None] == []
    finally:
        gc.enable()


def _can_be_seen(part: object) -> bool:
    return type(part).__module__.startswith("iargus.") and not isinstance(part, tuple)
