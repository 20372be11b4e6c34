"""Versions that an earlier release registered go on as they were."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import InconsistentVersionWarning

from iargus.compiled.errors import Refused
from iargus.registry import artefact
from iargus.serving.compilation.compiling import export_bundle
from iargus.serving.compilation.parity import check_parity
from iargus.tasks.car_price.compiled.bundle import CarBundle
from iargus.tasks.car_price.task import CarPrice
from tests.compiled.forms import CAR_FORM

EARLIER = Path(__file__).with_name("layout_1")
ANSWERS = json.loads((EARLIER / "answers.json").read_text())
PAYLOADS = [answer["payload"] for answer in ANSWERS]
EXPECTED = np.array([answer["answer"] for answer in ANSWERS])


def test_a_bundle_of_an_earlier_release_answers_as_it_did() -> None:
    bundle = CAR_FORM.load(EARLIER / "bundle")
    np.testing.assert_allclose(bundle.numbers(PAYLOADS), EXPECTED, rtol=1e-9)
    assert bundle.predict_one(PAYLOADS[-1]).unknown == ("make", "model")


def test_an_estimator_of_an_earlier_release_predicts_and_compiles_as_it_did(
    tmp_path: Path,
) -> None:
    digest = json.loads((EARLIER / "bundle" / "manifest.json").read_text())["created_from"]
    with warnings.catch_warnings():
        # A later scikit-learn says that it is later.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        estimator = artefact.load(
            EARLIER / "model.skops", sha256=digest, trusted_types=CarPrice.trusted_types
        )
    found = estimator.predict(pd.DataFrame(PAYLOADS))
    np.testing.assert_allclose(found, EXPECTED[:, 0], rtol=1e-9)
    manifest = export_bundle(CAR_FORM, estimator, tmp_path)
    assert manifest.files == CAR_FORM.load(EARLIER / "bundle").manifest.files  # to the byte
    bundle = CAR_FORM.load(tmp_path)
    assert check_parity(CAR_FORM, estimator, bundle, rows=500).equal
    with pytest.raises(NotImplementedError, match="earlier releases"):
        estimator.fit(pd.DataFrame(PAYLOADS), EXPECTED[:, 0])


def test_prices_that_rise_with_mileage_or_age_are_found_out(car_bundle: CarBundle) -> None:
    earlier = CAR_FORM.load(EARLIER / "bundle")
    with pytest.raises(Refused, match=r"not monotone for \d+ of 3000 .* with more"):
        CAR_FORM.check(earlier, rows=3_000)
    CAR_FORM.check(car_bundle, rows=3_000)
