"""What the clients of the older intent APIs rely on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from iargus.settings.tasks import TaskPolicy
from iargus.tasks.text_intent.task import ALL, ONE, Sentence, TextIntent


class Fixed:
    """An estimator that always gives the same probabilities."""

    def __init__(self, shares: dict[str, float]) -> None:
        self.classes_ = np.array(list(shares))
        self._shares = list(shares.values())

    def predict_proba(self, table: Any) -> Any:
        return np.array([self._shares] * len(table))


@pytest.fixture
def task() -> TextIntent:
    return TextIntent("intent", TaskPolicy(kind="text_intent", path="/intent", threshold=0.2))


HELLO = Sentence(text="hello")


@pytest.mark.parametrize(
    ("label", "intent"), [("26", 26), ("-1", -1), ("flight", "flight"), ("2a", "2a"), ("", "")]
)
def test_an_intent_is_a_number_where_its_label_is_one(
    task: TextIntent, label: str, intent: int | str
) -> None:
    estimator: Any = Fixed({label: 0.73356545, "other": 0.26643455})
    answer = task.predict_read(ONE, estimator, HELLO)
    assert json.dumps(answer) == json.dumps({"intent": intent, "probability": "0.73356545"})


def test_every_intent_has_its_probability_as_a_number(task: TextIntent) -> None:
    estimator: Any = Fixed({"find-train": 0.01, "irrelevant": 0.93, "find-hotel": 0.06})
    answer = task.predict_read(ALL, estimator, HELLO)
    assert answer == {"find-hotel": 0.06, "find-train": 0.01, "irrelevant": 0.93}


def test_equally_likely_intents_come_in_a_fixed_order(task: TextIntent) -> None:
    estimator: Any = Fixed({"b": 0.4, "a": 0.4, "c": 0.2})
    (answer,) = task.predict(estimator, [HELLO])
    assert [ranked["label"] for ranked in answer["intents"]] == ["a", "b", "c"]
    assert answer["intent"] == "a"
