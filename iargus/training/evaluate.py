"""How good a fitted estimator is on labelled rows that it has not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

from iargus.errors import DataError
from iargus.tasks.base import Problem, Task

CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Evaluation:
    """An estimator on `rows` labelled rows.

    Attributes:
        metric, error: the task's error by name, and its mean, a share of one.
        errors: the error of each row, shape (rows,), in the order of the rows.
        extra: further metrics by name.
        predicted: the predictions, shape (rows,): numbers or labels.
        confidence: probability of each predicted label, shape (rows,); None for regression.
        uncertainties: how unsure the estimator was of each row, shape (rows,), at least 0: one
            minus the probability, or the width of the interval in relation to the prediction;
            None where it gives no interval.
    """

    metric: str
    error: float
    rows: int
    errors: NDArray[np.float64]
    extra: Mapping[str, float]
    predicted: NDArray[Any]
    confidence: NDArray[np.float64] | None = None
    uncertainties: NDArray[np.float64] | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """All metrics by name, the task's own among them."""
        return {self.metric: self.error, **self.extra}


def evaluate(task: Task, estimator: Pipeline, rows: pd.DataFrame) -> Evaluation:
    """Predict all `rows` (columns `features` and `label`) and compare.

    Raises:
        DataError: there is no row, or a label has no error (a price of zero).
    """
    if rows.empty:
        raise DataError(f"{task.name} has no rows to be measured on")
    features = rows[list(task.features)]
    if task.problem is Problem.REGRESSION:
        return _regression(task, estimator, features, rows["label"].to_numpy(dtype=np.float64))
    return _classification(task, estimator, features, rows["label"].astype(str).to_numpy(object))


def _regression(
    task: Task, estimator: Pipeline, features: pd.DataFrame, truth: NDArray[np.float64]
) -> Evaluation:
    bad = int((~(np.isfinite(truth) & (truth > 0))).sum())
    if bad:
        raise DataError(
            f"{task.name}: {bad} of {len(truth)} labels are not above zero, where the relative "
            "error has no value; correct or remove those rows"
        )
    transformed = estimator[:-1].transform(features) if len(estimator) > 1 else features
    last = estimator[-1]
    if has_interval := hasattr(last, "predict_with_interval"):
        predicted, low, high = map(np.asarray, last.predict_with_interval(transformed))
    else:
        predicted = np.asarray(last.predict(transformed), dtype=np.float64)
    errors = task.row_errors(truth, predicted)
    extra = {
        "median_ape": float(np.median(errors)),
        "bias": float(np.mean((predicted - truth) / truth)),
        "mae": float(np.mean(np.abs(predicted - truth))),
    }
    # Rows with a name that the estimator has never seen, where it can tell.
    tell = getattr(estimator[0], "unknown", None)
    if tell is not None:
        extra["unknown_share"] = float(np.mean([bool(names) for names in tell(features)]))
    uncertainties = None
    if has_interval:
        extra["interval_coverage"] = float(np.mean((low <= truth) & (truth <= high)))
        uncertainties = np.abs((high - low) / predicted)
        extra["interval_relative_width"] = float(np.mean(uncertainties))
    return Evaluation(
        task.metric,
        float(errors.mean()),
        len(truth),
        errors,
        extra,
        predicted,
        uncertainties=uncertainties,
    )


def _classification(
    task: Task, estimator: Pipeline, features: pd.DataFrame, truth: NDArray[Any]
) -> Evaluation:
    labels = np.asarray(estimator.classes_).astype(str)
    shares = np.asarray(estimator.predict_proba(features), dtype=np.float64)
    best = shares.argmax(axis=1)
    predicted = labels[best].astype(object)
    errors = task.row_errors(truth, predicted)
    confidence: NDArray[np.float64] = shares.max(axis=1)
    places = {label: place for place, label in enumerate(labels)}
    # A label that the model has never seen has the probability 0 there.
    given = np.array(
        [
            row[places[label]] if label in places else 0.0
            for row, label in zip(shares, truth, strict=True)
        ]
    )
    extra = {
        "accuracy": float(1 - errors.mean()),
        "macro_f1": float(f1_score(truth, predicted, average="macro", zero_division=0)),
        "log_loss": float(-np.log(np.clip(given, 1e-15, 1)).mean()),
        "ece": calibration_error(confidence, errors == 0),
    }
    return Evaluation(
        metric=task.metric,
        error=float(errors.mean()),
        rows=len(truth),
        errors=errors,
        extra=extra,
        predicted=predicted,
        confidence=confidence,
        uncertainties=np.maximum(1 - confidence, 0.0),
    )


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: |confidence - accuracy| in ten bins of equal width, weighted
    by the rows in each.

    >>> calibration_error(np.array([0.9, 0.9]), np.array([True, False]))
    0.4
    """
    return calibration_error_of(calibration_bins(confidence, right))


def calibration_bins(
    confidence: NDArray[np.float64], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Of each bin the rows, the sum of their confidence and how many were right; shape (3, ten).
    The bins of two parts of the rows can be added."""
    place = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    weights = (None, confidence, right.astype(np.float64))
    return np.stack(
        [np.bincount(place, each, CALIBRATION_BINS).astype(np.float64) for each in weights]
    )


def calibration_error_of(bins: NDArray[np.float64]) -> float:
    """The calibration error of what `calibration_bins` gave."""
    rows, confidence, right = bins
    return float(np.abs(confidence - right).sum() / rows.sum())
