"""The error of a kind of model over several splits, with its interval."""

from __future__ import annotations

from itertools import pairwise

import pytest

from iargus.training.cross_validation import FOLDS, cross_validated, further_splits
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate
from iargus.training.split import split
from tests.toy_tasks import mood_rows, mood_task, rent_rows, rent_task


@pytest.mark.parametrize("kind", ["rent", "mood"])
def test_the_interval_holds_the_mean_over_all_splits(kind: str) -> None:
    task, rows = (rent_task(), rent_rows()) if kind == "rent" else (mood_task(), mood_rows())
    first = split(task, rows)
    evaluation = evaluate(task, fit_candidate(task, first.train), first.test)

    found = cross_validated(task, rows, first, evaluation, fit_candidate)

    name = f"{task.metric}_cv"
    assert found["cv_folds"] == FOLDS
    assert 0 <= found[f"{name}_low"] <= found[name] < found[f"{name}_high"]


def test_sales_are_measured_before_the_rows_that_were_measured_already() -> None:
    task, rows = rent_task(), rent_rows()
    first = split(task, rows)
    parts = [first, *further_splits(task, rows, first)]
    for later, earlier in pairwise(parts):
        assert earlier.test["observed_at"].max() < later.test["observed_at"].min()
        assert earlier.train["observed_at"].max() < earlier.test["observed_at"].min()


def test_few_rows_have_fewer_splits() -> None:
    task, rows = rent_task(), rent_rows(40)
    first = split(task, rows)
    evaluation = evaluate(task, fit_candidate(task, first.train), first.test)
    found = cross_validated(task, rows, first, evaluation, fit_candidate)
    assert 1 <= found["cv_folds"] < FOLDS
