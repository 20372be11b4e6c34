"""Every figure is what its name says, worked out here by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.pipeline import Pipeline

from iargus.errors import DataError
from iargus.settings import Policy
from iargus.tasks.catalogue import Catalogue
from iargus.training.evaluate import calibration_error, evaluate
from iargus.training.simulator import SimulationPlan, simulate
from tests.toy_tasks import mood_task, rent_task


class Tenfold(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Ten times the area, and 20 % around it."""

    def fit(self, X: pd.DataFrame, y: object) -> Self:
        self.fitted_ = True
        return self

    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:
        return 10 * X["area"].to_numpy()

    def predict_with_interval(self, X: pd.DataFrame) -> tuple[NDArray[Any], ...]:
        return self.predict(X), 0.8 * self.predict(X), 1.2 * self.predict(X)


class Always(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Says glad with 0.8, sad with 0.2."""

    def fit(self, X: pd.DataFrame, y: object) -> Self:
        self.classes_ = np.array(["glad", "sad"])
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        return np.tile([0.8, 0.2], (len(X), 1))


NOTHING = pd.DataFrame()
RENT = Pipeline([("tenfold", Tenfold().fit(NOTHING, None))])
MOOD = Pipeline([("always", Always().fit(NOTHING, None))])


def test_a_regression_by_hand() -> None:
    rows = pd.DataFrame(
        {"city": "Lyon", "area": [10.0, 20.0, 30.0], "label": [100.0, 250.0, 150.0]}
    )
    found = evaluate(rent_task(), RENT, rows)
    np.testing.assert_allclose(found.errors, [0, 0.2, 1])
    assert found.metric == "mape"
    assert found.rows == 3
    assert found.error == pytest.approx(0.4)
    assert found.metrics == pytest.approx(
        {
            "mape": 0.4,
            "median_ape": 0.2,
            "bias": 0.8 / 3,
            "mae": 200 / 3,
            "interval_coverage": 1 / 3,  # 200 * 1.2 is below 250, 300 * 0.8 above 150
            "interval_relative_width": 0.4,
        }
    )


@pytest.mark.parametrize("label", [0.0, -5.0, float("nan"), float("inf")])
def test_a_label_without_relative_error_is_a_fault_of_the_data(label: float) -> None:
    rows = pd.DataFrame({"city": "Lyon", "area": [10.0, 20.0], "label": [100.0, label]})
    with pytest.raises(DataError, match="1 of 2 labels are not above zero"):
        evaluate(rent_task(), RENT, rows)


def test_a_classification_by_hand() -> None:
    rows = pd.DataFrame({"wind": 0.0, "rain": 0.0, "label": ["glad", "glad", "sad", "new"]})
    found = evaluate(mood_task(), MOOD, rows)
    np.testing.assert_array_equal(found.errors, [0, 0, 1, 1])
    assert found.error == 0.5
    assert found.extra["accuracy"] == 0.5
    assert found.extra["ece"] == pytest.approx(0.3)
    # Half right at precision 1/2 and recall 1: F1 2/3, and 0 for the two others.
    assert found.extra["macro_f1"] == pytest.approx(2 / 9)
    # A label that the model does not know costs much, and not infinitely much.
    expected = -(2 * np.log(0.8) + np.log(0.2) + np.log(1e-15)) / 4
    assert found.extra["log_loss"] == pytest.approx(expected)


def test_the_share_of_rows_with_names_that_were_never_seen_is_told() -> None:
    task = Catalogue.read(Policy()).get("car_price")
    months = simulate(SimulationPlan(rows=300, months=3, end=date(2026, 11, 1), seed=0))
    rows = pd.concat(months, ignore_index=True).rename(
        columns={"price": "label", "date_added": "observed_at"}
    )
    estimator = task.build_estimator()
    estimator.named_steps["price"].set_params(max_iter=2, interval_iter=2)
    estimator.fit(task.training_frame(rows), rows["label"].to_numpy())
    cars = rows.head(4).assign(make=["Zastava", "Zastava", *rows["make"][2:4]])
    found = evaluate(task, estimator, cars).extra["unknown_share"]
    assert 0.5 <= found <= 1.0


def test_no_rows_are_no_evaluation() -> None:
    with pytest.raises(DataError, match="no rows"):
        evaluate(mood_task(), MOOD, pd.DataFrame({"wind": [], "rain": [], "label": []}))


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.55, 1.0])
    right = np.array([True, True, False, False, True])
    # One bin holds 0.95 thrice and 1.0, of which three are right; another 0.55, which is wrong.
    assert calibration_error(confidence, right) == pytest.approx(
        0.8 * abs((3 * 0.95 + 1) / 4 - 0.75) + 0.2 * 0.55
    )
