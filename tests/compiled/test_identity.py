"""What a bundle says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.pipeline import Pipeline

from iargus.compiled.errors import Refused
from iargus.errors import ArtefactRejected
from iargus.serving.compilation.compiling import export_bundle
from tests.compiled.forms import CAR_FORM, TEXT_FORM


def test_the_manifest_says_what_it_is_of(car_estimator: Pipeline, tmp_path: Path) -> None:
    export_bundle(CAR_FORM, car_estimator, tmp_path / "b", task="vans", created_from="a" * 64)
    bundle = CAR_FORM.load(tmp_path / "b", task="vans", created_from="a" * 64)
    assert [canary.payload for canary in bundle.manifest.canaries] == list(CAR_FORM.canaries)
    for canary in bundle.manifest.canaries:
        found = bundle.numbers_of(bundle.predict_one(canary.payload))
        assert found == pytest.approx(canary.answer, rel=1e-9)


def test_a_folder_with_something_in_it_is_not_overwritten(
    car_folder: Path, car_estimator: Pipeline
) -> None:
    with pytest.raises(FileExistsError):
        export_bundle(CAR_FORM, car_estimator, car_folder)


def test_a_missing_folder_is_refused_like_every_model_file(tmp_path: Path) -> None:
    with pytest.raises(ArtefactRejected):
        CAR_FORM.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"task": "rent"}, "of task 'car_price', not 'rent'"),
        ({"created_from": "0" * 64}, "of created_from"),
    ],
)
def test_a_good_bundle_of_something_else_is_refused(
    expected: dict[str, str], message: str, car_folder: Path
) -> None:
    with pytest.raises(Refused, match=message):
        CAR_FORM.load(car_folder, **expected)


def test_a_good_bundle_of_another_kind_is_refused(car_folder: Path) -> None:
    with pytest.raises(Refused, match="of kind 'car_price', not 'text_intent'"):
        TEXT_FORM.load(car_folder)
