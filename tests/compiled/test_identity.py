"""What a bundle says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from iargus.compiled.errors import Refused
from iargus.errors import ArtefactRejected
from iargus.serving.compilation.export import export_bundle
from iargus.serving.compilation.load import load_bundle

CAR = {"state": "tx", "make": "ford", "model": "F-150 XLT", "year": 2014, "mileage": 70_000.0}


def test_the_manifest_keeps_what_it_is_told(car_estimator: Pipeline, tmp_path: Path) -> None:
    export_bundle(
        "car_price",
        car_estimator,
        tmp_path / "b",
        task="vans",
        version="12",
        created_from="a" * 64,
        options={"coverage": 0.9},
        rows=[CAR],
    )
    bundle = load_bundle(tmp_path / "b", task="vans", version="12", created_from="a" * 64)
    assert bundle.manifest.options == {"coverage": 0.9}
    assert bundle.manifest.canaries[-1].payload == CAR
    assert bundle.manifest.canaries[-1].answer == bundle.numbers_of(bundle.predict_one(CAR))


def test_a_folder_with_something_in_it_is_not_overwritten(
    car_folder: Path, car_estimator: Pipeline
) -> None:
    with pytest.raises(FileExistsError):
        export_bundle("car_price", car_estimator, car_folder)


def test_a_missing_folder_is_refused_like_every_model_file(tmp_path: Path) -> None:
    with pytest.raises(ArtefactRejected):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"task": "rent"}, "of task 'car_price', not 'rent'"),
        ({"kind": "text_intent"}, "of kind"),
        ({"version": "8"}, "of version '7', not '8'"),
        ({"created_from": "0" * 64}, "of created_from"),
    ],
)
def test_a_good_bundle_of_something_else_is_refused(
    expected: dict[str, str], message: str, car_folder: Path
) -> None:
    with pytest.raises(Refused, match=message):
        load_bundle(car_folder, **expected)
