"""A label that is a number is one everywhere, and what only looks like one is a text everywhere."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iargus.errors import LabelInvalid
from iargus.settings.tasks import TaskPolicy
from iargus.tasks.labels import LARGEST_NUMBER, class_label, read_label, show_label
from iargus.tasks.text_intent.task import ALL, ONE, Sentence, TextIntent

NUMBERS = ["0", "26", "-3", str(LARGEST_NUMBER), str(-LARGEST_NUMBER)]
TEXTS = [
    *("--5", "007", "-0", "00", "+5", "-", "-05", "5-", "1_000", "1e3", "26.0", "2a", "0x1A", ""),
    *("٣", "²", "１２", "−5", "5\n", " 5", "NaN", "Infinity", "true", "null"),
    *(str(LARGEST_NUMBER + 1), str(-LARGEST_NUMBER - 1), "9" * 255, "-" * 255),
]
HELLO = Sentence(text="hello")
spelled = st.one_of(
    st.sampled_from(NUMBERS + TEXTS),
    st.integers().map(str),
    st.from_regex(r"[-+_0-9.e ٣²]{1,20}", fullmatch=True),
    st.text(max_size=300),
)


class Fixed:
    """An estimator that always gives the same probabilities."""

    def __init__(self, *classes: object) -> None:
        self.classes_ = np.array(classes)
        self._shares = [0.75, *[0.25 / (len(classes) - 1)] * (len(classes) - 1)]

    def predict_proba(self, table: Any) -> Any:
        return np.array([self._shares] * len(table))


@pytest.fixture(scope="module")
def task() -> TextIntent:
    return TextIntent("intent", TaskPolicy(kind="text_intent", path="/intent", threshold=0.2))


@pytest.mark.parametrize("label", NUMBERS)
def test_a_label_in_the_spelling_of_an_integer_is_shown_as_one(label: str) -> None:
    assert show_label(label) == int(label)
    assert type(show_label(label)) is int


@pytest.mark.parametrize("label", TEXTS)
def test_a_label_in_any_other_spelling_is_shown_as_it_is(label: str) -> None:
    assert show_label(label) == label


@given(spelled)
def test_no_label_is_lost_on_its_way_through_an_answer_and_back(label: str) -> None:
    """Whoever sends an answer's intent back as feedback has labelled it with what it was."""
    shown = show_label(label)
    assert str(shown) == label
    assert json.loads(json.dumps(shown)) == shown
    try:
        kept = read_label(label)
    except LabelInvalid:
        assert not 0 < len(label.strip()) <= 255
        return
    assert read_label(show_label(kept)) == kept


@given(spelled.filter(lambda label: label != "other"))
def test_every_answer_shows_the_same(task: TextIntent, label: str) -> None:
    # numpy's texts lose zero characters at their end; no import lets one in.
    label = label.rstrip("\0")
    estimator: Any = Fixed(label, "other")
    (answer,) = task.predict(estimator, [HELLO])
    one = task.predict_read(ONE, estimator, HELLO)
    every = task.predict_read(ALL, estimator, HELLO)
    shown = show_label(label)
    assert answer["intent"] == answer["intents"][0]["label"] == one["intent"] == shown
    assert type(answer["intent"]) is type(one["intent"]) is type(shown)
    assert every[label] == 0.75
    assert one["probability"] == "0.75000000"
    task.output_model.model_validate({**answer, "model_version": "1", "prediction_id": "p"})


@pytest.mark.parametrize("classes", [(26, 7), (26.0, 7.0), ("26", "7"), (np.int64(26), 7)])
def test_classes_that_are_numbers_are_the_labels_of_their_spelling(
    task: TextIntent, classes: tuple[object, object]
) -> None:
    assert class_label(classes[0]) == "26"
    estimator: Any = Fixed(*classes)
    (answer,) = task.predict(estimator, [HELLO])
    assert [ranked["label"] for ranked in answer["intents"]] == [26, 7]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        *((26, "26"), (26.0, "26"), (np.int64(26), "26"), (np.float64(26), "26"), ("26", "26")),
        *((-3, "-3"), (0, "0"), (-0.0, "0"), ("007", "007"), ("--5", "--5"), (" a ", "a")),
        *((LARGEST_NUMBER, str(LARGEST_NUMBER)), (str(10**20), str(10**20))),
    ],
)
def test_a_number_and_its_spelling_are_one_label(value: object, label: str) -> None:
    assert read_label(value) == label


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, None, [], {}, "", "  ", "x" * 256, 26.5, 10**20, -(10**20), 1e300),
        *(float("nan"), float("inf"), float("-inf"), np.nan, 10**4000),
    ],
)
def test_what_is_no_label_is_refused(value: object) -> None:
    with pytest.raises(LabelInvalid, match=r"a label .*(text|whole)"):
        read_label(value)
