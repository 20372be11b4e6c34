"""The probable error before the labels come."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from iargus.errors import DataError
from iargus.monitoring.stats.performance.unlabelled import (
    Estimate,
    UncertaintyModel,
    estimate_error,
)

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(3)


def answers(random: np.random.Generator, rows: int, *, hard: float = 1.0) -> Rows:
    """Doubts of a classifier that is too sure of itself, and whether it was wrong."""
    uncertainty = random.beta(hard, 6, rows)
    return uncertainty, (random.random(rows) < np.minimum(1, 1.5 * uncertainty)).astype(float)


def test_the_estimate_covers_what_the_labels_give(random: np.random.Generator) -> None:
    covered, repeats = 0, 400
    for _ in range(repeats):
        model = UncertaintyModel.fit(*answers(random, 2000))
        uncertainty, wrong = answers(random, 500)
        estimate = estimate_error(model, uncertainty, threshold=0.2)
        assert estimate.interval is not None
        covered += estimate.interval[0] <= wrong.mean() <= estimate.interval[1]
    assert 0.92 <= covered / repeats <= 0.98


def test_harder_inputs_are_foreseen(random: np.random.Generator) -> None:
    model = UncertaintyModel.from_json(
        json.loads(json.dumps(UncertaintyModel.fit(*answers(random, 5000)).to_json()))
    )
    uncertainty, wrong = answers(random, 2000, hard=2.5)
    estimate = estimate_error(model, uncertainty, threshold=0.3)
    assert estimate.error == pytest.approx(wrong.mean(), abs=0.04)
    assert estimate.warns
    easy = estimate_error(model, answers(random, 2000)[0], threshold=0.3)
    assert not easy.warns


def test_prices_by_the_width_of_their_interval(random: np.random.Generator) -> None:
    width = random.lognormal(-1, 0.5, 4000)
    errors = np.abs(random.normal(0, width / 3.3))
    model = UncertaintyModel.fit(width, errors)
    wider = estimate_error(model, 1.3 * width, threshold=0.1)
    assert wider.error is not None
    assert errors.mean() * 1.15 < wider.error < errors.mean() * 1.35
    assert 0 < wider.beyond < 0.01


def test_equal_doubts_are_one_group() -> None:
    model = UncertaintyModel.fit(np.full(200, 0.3), np.r_[np.ones(50), np.zeros(150)])
    assert model.means == (0.25,)
    assert estimate_error(model, np.full(100, 0.9), threshold=0.2).beyond == 1.0


def test_a_few_rows_are_not_estimated() -> None:
    with pytest.raises(DataError, match="100 are needed"):
        UncertaintyModel.fit([0.1], [1.0])
    model = UncertaintyModel.fit(np.full(200, 0.3), np.ones(200))
    assert estimate_error(model, [0.3], threshold=0.2) == Estimate(None, None, 1, 0.0, False)
    with pytest.raises(ValueError, match="200 uncertainties and 100 errors"):
        UncertaintyModel.fit(np.full(200, 0.3), np.ones(100))
