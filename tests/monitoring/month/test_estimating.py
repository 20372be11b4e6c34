"""The error of predictions whose labels have not come: it may warn, and retrains nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iargus.errors import DatabaseUnavailable
from iargus.monitoring.month.estimating import estimate
from iargus.monitoring.month.reference import Reference
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.unlabelled import UncertaintyModel
from iargus.registry import ModelVersion
from iargus.settings import Policy
from iargus.storage.labelled.repeats import EarlierRows
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue

OCTOBER = Period.parse("2026-10")
VERSION = ModelVersion("intent", "3", "run", datetime(2026, 9, 1), (), {})


@dataclass
class Recorded:
    told: list[dict[str, Any]]
    failure: Exception | None = None
    asked: list[str] | None = None

    def answered(
        self, task: str, version: str, *, start: datetime, end: datetime
    ) -> Iterator[list[tuple[dict[str, Any], dict[str, Any]]]]:
        assert (task, version) == ("intent", "3")
        assert (start, end) == (datetime(2026, 10, 1), datetime(2026, 11, 1))
        if self.failure is not None:
            raise self.failure
        asked = self.asked or [f"sentence {place}" for place in range(len(self.told))]
        pairs = [({"text": text}, told) for text, told in zip(asked, self.told, strict=True)]
        yield pairs[:70]
        yield pairs[70:]


@pytest.fixture
def task() -> Task:
    return Catalogue.read(Policy()).get("intent")


@pytest.fixture
def reference() -> Reference:
    """A model that is wrong exactly as often as it doubts."""
    random = np.random.default_rng(1)
    uncertainties = random.uniform(0, 0.6, 5_000)
    errors = (random.random(5_000) < uncertainties).astype(float)
    start = datetime(2026, 8, 1)
    return Reference(
        5_000, start, start, {}, {}, uncertainties=UncertaintyModel.fit(uncertainties, errors)
    )


def nothing_earlier() -> EarlierRows:
    return EarlierRows(("text",))


def _sure(probability: float, rows: int) -> Recorded:
    return Recorded([{"intent": "x", "probability": probability} for _ in range(rows)])


def test_doubtful_answers_warn_and_sure_ones_do_not(task: Task, reference: Reference) -> None:
    doubtful = estimate(task, VERSION, reference, OCTOBER, _sure(0.5, 400), nothing_earlier())
    assert doubtful is not None
    assert doubtful.error == pytest.approx(0.5, abs=0.05)
    assert (doubtful.rows, doubtful.warns) == (400, True)
    sure = estimate(task, VERSION, reference, OCTOBER, _sure(0.97, 400), nothing_earlier())
    assert sure is not None
    assert (sure.warns, sure.reason) == (False, None)


def test_an_input_counts_once_and_not_at_all_if_it_was_labelled_before(
    task: Task, reference: Reference
) -> None:
    """Two hundred doubtful questions, one asked a hundred times more, one known from training."""
    asked = [f"sentence {place}" for place in range(200)] + ["sentence 7"] * 100
    recorded = Recorded(_sure(0.5, 300).told, asked=asked)
    earlier = nothing_earlier()
    earlier.remember(pd.DataFrame({"text": ["sentence 3"]}))
    found = estimate(task, VERSION, reference, OCTOBER, recorded, earlier)
    assert found is not None
    assert (found.rows, found.repeated) == (199, 101)


def test_few_answers_say_nothing(task: Task, reference: Reference) -> None:
    found = estimate(task, VERSION, reference, OCTOBER, _sure(0.5, 99), nothing_earlier())
    assert found is not None
    assert (found.error, found.warns) == (None, False)
    assert "99 recorded predictions" in str(found.reason)


def test_answers_of_other_forms_are_passed_over(task: Task, reference: Reference) -> None:
    strange: list[dict[str, Any]] = [{}, {"probability": "0.4"}, {"probability": float("nan")}]
    recorded = Recorded(strange + _sure(0.5, 200).told)
    found = estimate(task, VERSION, reference, OCTOBER, recorded, nothing_earlier())
    assert found is not None
    assert found.rows == 200


def test_a_database_that_is_away_is_told_and_stops_nothing(
    task: Task, reference: Reference
) -> None:
    gone = Recorded([], DatabaseUnavailable("the database iargus_api does not answer"))
    found = estimate(task, VERSION, reference, OCTOBER, gone, nothing_earlier())
    assert found is not None
    assert "iargus_api" in str(found.reason)


def test_without_a_reference_or_recording_there_is_no_estimate(
    task: Task, reference: Reference
) -> None:
    assert estimate(task, VERSION, None, OCTOBER, _sure(0.5, 200), nothing_earlier()) is None
    assert estimate(task, VERSION, reference, OCTOBER, None, nothing_earlier()) is None
    assert (
        estimate(
            task,
            VERSION,
            replace(reference, uncertainties=None),
            OCTOBER,
            _sure(0.5, 200),
            nothing_earlier(),
        )
        is None
    )


@pytest.mark.parametrize(
    ("name", "answer", "uncertainty"),
    [
        ("intent", {"probability": 0.8}, 0.2),
        ("intent", {}, None),
        ("car_price", {"predicted_price": 100.0, "interval": {"low": 80.0, "high": 130.0}}, 0.5),
        ("car_price", {"predicted_price": 0.0, "interval": {"low": 0.0, "high": 1.0}}, None),
        ("car_price", {"predicted_price": 100.0}, None),
        ("car_price", {"predicted_price": 100.0, "interval": {"low": None, "high": 1.0}}, None),
    ],
)
def test_the_doubt_of_an_answer(
    name: str, answer: dict[str, Any], uncertainty: float | None
) -> None:
    found = Catalogue.read(Policy()).get(name).uncertainty(answer)
    assert found == (None if uncertainty is None else pytest.approx(uncertainty))
