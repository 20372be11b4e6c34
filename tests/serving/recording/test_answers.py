"""`SqlPredictionStore.answered`: questions and answers, a list at a time, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic_core import from_json, to_json

from iargus.serving.recording.store import Recorded, SqlPredictionStore
from iargus.storage.database import Database

START = datetime(2026, 1, 1)
END = datetime(2026, 2, 1)


def prediction(number: int, at: datetime, **other: Any) -> Recorded:
    values: dict[str, Any] = {
        # Not in the order of arrival, as the numbers that clients are given.
        "prediction_id": str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)),
        "task": "car_price",
        "model_version": "7",
        "jti": "j",
        "subject": "s",
        "created_at": at,
        "payload": {"make": "Citroën"},
        "answer": {"number": number, "price": number / 3, "intent": 'é "😀" \\n', "none": None},
    }
    values |= other
    for name in ("payload", "answer"):
        values[name] = to_json(values[name])
    return Recorded(**values)


@pytest.fixture
def store(api_database: Database) -> SqlPredictionStore:
    return SqlPredictionStore(api_database)


def found(store: SqlPredictionStore, size: int) -> list[dict[str, Any]]:
    parts = store.answered("car_price", "7", start=START, end=END, size=size)
    return [answer for part in parts for _, answer in part]


def test_without_predictions_there_is_no_list(store: SqlPredictionStore) -> None:
    assert list(store.answered("car_price", "7", start=START, end=END)) == []


@pytest.mark.parametrize("size", [1, 4, 50_000])
def test_every_answer_comes_once_in_order_of_time(store: SqlPredictionStore, size: int) -> None:
    rows = [prediction(k, START + timedelta(hours=(k * 5) % 11)) for k in range(11)]
    store.add(rows)

    expected = [from_json(row.answer) for row in sorted(rows, key=lambda row: row.created_at)]
    assert found(store, size) == expected
    parts = list(store.answered("car_price", "7", start=START, end=END, size=size))
    assert [asked for part in parts for asked, _ in part] == [{"make": "Citroën"}] * 11
    assert [len(part) for part in parts] == [min(size, 11 - at) for at in range(0, 11, size)]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_equal_times_across_a_border_come_once_each(store: SqlPredictionStore, size: int) -> None:
    store.add([prediction(k, START) for k in range(8)])

    assert sorted(answer["number"] for answer in found(store, size)) == list(range(8))


def test_only_this_task_version_and_time(store: SqlPredictionStore) -> None:
    store.add(
        [
            prediction(1, START),
            prediction(2, START, task="intent"),
            prediction(3, START, model_version="8"),
            prediction(4, START - timedelta(seconds=1)),
            prediction(5, END),
            prediction(6, END - timedelta(seconds=1)),
        ]
    )

    assert [answer["number"] for answer in found(store, 2)] == [1, 6]


def test_an_answer_recorded_meanwhile_makes_none_come_twice(store: SqlPredictionStore) -> None:
    store.add([prediction(k, START + timedelta(hours=k)) for k in range(6)])

    numbers = []
    parts = store.answered("car_price", "7", start=START, end=END, size=2)
    for late, part in enumerate(parts, start=100):
        numbers += [answer["number"] for _, answer in part]
        store.add([prediction(late, START)])

    assert numbers == list(range(6))
