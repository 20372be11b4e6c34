"""Metrics of a month that came in parts, against those of all its rows at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from iargus.monitoring.month.metrics import MonthMetrics
from iargus.monitoring.stats.performance.segments import SegmentErrors
from iargus.training.evaluate import Evaluation, calibration_error


def _part(rows: int, seed: int) -> tuple[pd.DataFrame, Evaluation]:
    random = np.random.default_rng(seed)
    truth = random.choice(["a", "b", "c", "never said"], rows, p=[0.5, 0.3, 0.15, 0.05])
    said = np.where(random.random(rows) < 0.8, truth, random.choice(["a", "b"], rows))
    said = np.where(said == "never said", "a", said).astype(object)
    confidence = random.uniform(0.3, 1, rows)
    errors = (truth != said).astype(float)
    extra = {"accuracy": float(1 - errors.mean()), "macro_f1": 0.0, "ece": 0.0}
    frame = pd.DataFrame({"label": truth})
    return frame, Evaluation("error_rate", errors.mean(), rows, errors, extra, said, confidence)


def test_classification_in_parts_is_as_at_once() -> None:
    metrics = MonthMetrics()
    parts = [_part(rows, seed) for seed, rows in enumerate([1, 40, 700])]
    for rows, evaluation in parts:
        metrics.add(rows, evaluation)
    truth = np.concatenate([rows["label"] for rows, _ in parts])
    said = np.concatenate([each.predicted for _, each in parts])
    confidence = np.concatenate([each.confidence for _, each in parts])
    errors = np.concatenate([each.errors for _, each in parts])
    found = metrics.over(errors)
    assert found["accuracy"] == pytest.approx(1 - errors.mean())
    assert found["macro_f1"] == pytest.approx(
        f1_score(truth, said, average="macro", zero_division=0)
    )
    assert found["ece"] == pytest.approx(calibration_error(confidence, errors == 0))


def test_no_rows_have_no_metrics() -> None:
    assert MonthMetrics().over(np.empty(0)) == {}


def test_segments_in_parts_are_as_at_once() -> None:
    random = np.random.default_rng(5)
    chosen = random.choice(3, 1_000, p=[0.6, 0.3, 0.1])
    labels = pd.Series([("x", "y", None)[place] for place in chosen])
    errors = random.gamma(1.0, 0.2, 1_000) + (labels == "y") * 0.1
    whole, parts = SegmentErrors(), SegmentErrors()
    whole.add({"make": labels}, errors)
    for start in range(0, 1_000, 90):
        part = slice(start, start + 90)
        parts.add({"make": labels[part]}, errors[part])
    [worst, other] = whole.worst()
    assert (worst.segment, other.segment) == ("make=y", "make=x")
    assert worst.rows == int((labels == "y").sum())
    assert worst.error == pytest.approx(errors[(labels == "y").to_numpy()].mean())
    assert worst.interval[0] < worst.error < worst.interval[1]
    for one, same in zip(whole.worst(), parts.worst(), strict=True):
        assert (one.segment, one.rows) == (same.segment, same.rows)
        assert one.error == pytest.approx(same.error)
        assert one.interval == pytest.approx(same.interval)


def test_small_segments_are_not_told() -> None:
    errors = SegmentErrors()
    errors.add({"make": pd.Series(["x"] * 99)}, np.ones(99))
    assert errors.worst() == ()
    errors.add({"make": pd.Series(["x"])}, np.ones(1))
    [segment] = errors.worst()
    assert (segment.rows, segment.error) == (100, 1.0)
    assert segment.interval[1] == 1.0, "of shares the interval is exact"
