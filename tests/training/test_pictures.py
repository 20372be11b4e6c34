"""Pictures are PNG files that say what they show, for rows of every shape."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iargus.tasks.base import Task
from iargus.training import pictures
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task


def _draw(task: Task, rows: pd.DataFrame) -> dict[str, bytes]:
    return pictures.draw(task, rows, evaluate(task, fit_candidate(task, rows), rows))


@pytest.mark.parametrize("count", [1, 2, 30, 300])
def test_a_regression_of_any_size(count: int) -> None:
    estimator = fit_candidate(rent_task(), rent_rows())
    rows = rent_rows(count, seed=5)
    drawn = pictures.draw(rent_task(), rows, evaluate(rent_task(), estimator, rows))
    assert {"residuals", "error_by_prediction", "error_by_city"} <= set(drawn)
    for png in drawn.values():
        assert png.startswith(b"\x89PNG")
        assert len(png) < 300_000


def test_age_is_drawn_where_there_is_a_year() -> None:
    rows = rent_rows(100).assign(year=np.arange(100) % 45 + 1985)
    evaluation = evaluate(rent_task(), fit_candidate(rent_task(), rows), rows)
    figure = pictures.regression(rent_task(), rows, evaluation)["error_by_age"]
    axes = figure.axes[0]
    assert axes.get_ylabel() == "age [years]"
    assert axes.get_xlabel() == "relative error [%]"


def test_a_classification_of_many_labels_shows_the_most_frequent() -> None:
    rows = mood_rows(400)
    rows["label"] = (rows["wind"] * 4).astype(int).astype(str)
    task = mood_task()
    evaluation = evaluate(task, fit_candidate(task, rows), rows)
    figure = pictures.classification(task, rows, evaluation)["confusion_matrix"]
    labels = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert len(labels) == 25
    assert labels[-1] == "(others)"
    assert set(_draw(task, rows)) == {"confusion_matrix", "calibration"}


def test_equal_evaluations_are_equal_pictures() -> None:
    assert _draw(mood_task(), mood_rows(60)) == _draw(mood_task(), mood_rows(60))
