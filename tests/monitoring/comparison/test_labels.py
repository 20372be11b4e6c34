"""Labels are judged as what they are, or nothing is judged and a person is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from iargus.errors import DataError, LabelsUnclear, UsageError
from iargus.monitoring.comparison import Comparison, Request, compare_files
from iargus.monitoring.comparison.labels import LabelKind, label_kind
from iargus.monitoring.stats.performance.verdict import State

RANDOM = np.random.default_rng(11)
YES_NO = np.repeat([1, 0], [200, 800])
PRICES = RANDOM.lognormal(9, 0.5, 1000)


def wrong(truth: object, said: object, tmp_path: Path, **asked: object) -> Comparison:
    rows = pd.DataFrame({"x": RANDOM.normal(size=1000), "y": truth, "p": said})
    path = tmp_path / "rows.parquet"
    rows.to_parquet(path)
    return compare_files(path, path, Request("y", "p", threshold=0.1, **asked))  # type: ignore[arg-type]


def predicted(truth: NDArray[Any], one: Any, other: Any) -> NDArray[Any]:
    """`one` for 190 of the 800 zeros too."""
    said: NDArray[Any] = np.where(truth == 1, one, other).astype(object)
    said[200:390] = one
    return said


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        (YES_NO, predicted(YES_NO, 1, 0).astype(int)),
        (YES_NO.astype(float), predicted(YES_NO, 1, 0).astype(int)),
        (YES_NO * 2 - 1, predicted(YES_NO, 1, -1).astype(int)),
        (YES_NO == 1, predicted(YES_NO, 1, 0).astype(int)),
        (YES_NO, predicted(YES_NO, True, False).astype(bool)),
        (YES_NO == 1, predicted(YES_NO, True, False).astype(bool)),
        (YES_NO.astype(str), predicted(YES_NO, "1.0", "0.0").astype(str)),
        (YES_NO.astype(str), predicted(YES_NO, 1, 0).astype(int)),
        (np.where(YES_NO, "true", "false"), predicted(YES_NO, 1, 0).astype(int)),
        (np.where(YES_NO, "yes", "no"), predicted(YES_NO, "yes", "no").astype(str)),
        (np.where(YES_NO, "yes", "no "), predicted(YES_NO, "yes", "no").astype(str)),
    ],
)
def test_classes_of_any_spelling_are_compared_as_classes(
    truth: NDArray[Any], said: NDArray[Any], tmp_path: Path
) -> None:
    found = wrong(truth, said, tmp_path)
    assert found.verdict is not None
    assert (found.verdict.state, found.verdict.rows) == (State.BREACH, 1000)
    assert found.verdict.error == pytest.approx(0.19)


def test_amounts_are_compared_as_amounts(tmp_path: Path) -> None:
    for truth in (PRICES, PRICES.round(), PRICES.round(-2), PRICES.astype("float32")):
        found = wrong(truth, truth * 1.05, tmp_path)
        assert found.verdict is not None
        assert found.verdict.error == pytest.approx(0.05, rel=1e-3)
    stars = pd.Series(RANDOM.integers(1, 6, 1000))
    assert label_kind(stars, stars + RANDOM.normal(size=1000)) is LabelKind.AMOUNTS
    assert label_kind(pd.Series([100, 200, 300]), pd.Series([90, 210, 290])) is LabelKind.AMOUNTS


def test_codes_of_classes_with_a_zero_are_classes() -> None:
    codes = pd.Series(RANDOM.integers(0, 8, 1000))
    assert label_kind(codes, codes.sample(frac=1, ignore_index=True)) is LabelKind.CLASSES


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        (RANDOM.integers(1, 6, 1000), RANDOM.integers(1, 6, 1000)),
        (YES_NO, RANDOM.normal(2, 3, 1000)),
        (np.where(RANDOM.random(1000) < 0.3, "sold", PRICES.astype(str)), PRICES.round()),
        ([f"$ {price:,.2f}" for price in PRICES], [f"$ {price:,.2f}" for price in PRICES]),
    ],
)
def test_what_may_be_either_is_asked(truth: object, said: object, tmp_path: Path) -> None:
    with pytest.raises(LabelsUnclear, match=r"--classes .*--amounts"):
        wrong(truth, said, tmp_path)


def test_what_was_asked_is_what_is_judged(tmp_path: Path) -> None:
    stars = RANDOM.integers(1, 6, 1000)
    for asked, error in ((Request(classes=True), 0.0), (Request(amounts=True), 0.2)):
        said = stars if asked.classes else stars * 1.2
        found = wrong(stars, said, tmp_path, classes=asked.classes, amounts=asked.amounts)
        assert found.verdict is not None
        assert found.verdict.error == pytest.approx(error)


def test_probabilities_are_no_classes_and_can_be_cut(tmp_path: Path) -> None:
    said = np.clip(YES_NO * 0.6 + RANDOM.uniform(0, 0.4, 1000), 0, 1)
    said[200:390] = 0.77
    for truth in (YES_NO, YES_NO == 1, YES_NO.astype(str)):
        with pytest.raises(UsageError, match=r"probabilities .*--cutoff 0\.5"):
            wrong(truth, said, tmp_path)
        found = wrong(truth, said, tmp_path, cutoff=0.5)
        assert found.verdict is not None
        assert found.verdict.error == pytest.approx(0.19)
    with pytest.raises(UsageError, match="labels that are 0 and 1"):
        wrong(PRICES, said, tmp_path, cutoff=0.5)


@pytest.mark.parametrize(
    ("truth", "said", "says"),
    [
        (np.where(YES_NO, "cat", "dog"), YES_NO, "none? of|any of"),
        (np.where(YES_NO, "Cat", "Dog"), np.where(YES_NO, "cat", "dog"), "capital letters"),
        (PRICES, np.where(YES_NO, "cheap", "dear"), "predictions are not"),
    ],
)
def test_labels_and_predictions_that_do_not_fit_are_not_judged(
    truth: object, said: object, says: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=says):
        wrong(truth, said, tmp_path)


def test_no_verdict_is_given_on_a_part_of_the_rows(tmp_path: Path) -> None:
    truth = PRICES.copy()
    truth[:51] = 0
    found = wrong(truth, PRICES, tmp_path)
    assert (found.verdict, found.view.status, found.view.error) == (None, None, None)
    assert found.unjudged is not None
    assert "51 of 1,000 rows (5.1 %) have no error" in found.unjudged
    assert "--max-set-aside 0.06" in found.unjudged
    assert wrong(truth, PRICES, tmp_path, most_set_aside=0.06).verdict is not None
    truth[50] = 100.0
    assert wrong(truth, PRICES, tmp_path).verdict is not None
    truth[:800] = np.nan
    found = wrong(truth, PRICES, tmp_path)
    assert found.unjudged is not None
    assert "800 lack the label or the prediction" in found.unjudged
