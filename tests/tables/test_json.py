"""JSON in the shapes that programs and public sets write."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, problems, rows

PAIRS = [["turn it on", "on"], ["turn it off", "off"]]
OBJECTS = [{"text": text, "label": label} for text, label in PAIRS]
FRAME = pd.DataFrame(OBJECTS)
CHUNKS = [{"data": [{"text": "turn "}, {"text": "it", "entity": "x"}, {"text": " on"}]}]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson", "a.txt", "a"])
@pytest.mark.parametrize(
    "content",
    [
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2),
        "\n".join(map(json.dumps, OBJECTS)),
        "\n\n".join(map(json.dumps, OBJECTS)) + "\r\n",
    ],
)
def test_lists_and_lines_of_objects_under_any_name(write: Write, name: str, content: str) -> None:
    if name.endswith(("l", "n")) and content.startswith("["):
        name = "a.json"
    assert rows(write(name, content)) == [["text", "label"], *PAIRS]


@pytest.mark.parametrize(
    "document",
    [
        FRAME.to_json(),
        FRAME.to_json(orient="columns"),
        FRAME.to_json(orient="records"),
        FRAME.to_json(orient="split"),
        FRAME.to_json(orient="index"),
        FRAME.to_json(orient="records", lines=True),
        json.dumps(FRAME.to_dict(orient="list")),
        json.dumps({"data": OBJECTS}),
        json.dumps({"version": 1, "examples": OBJECTS}),
        json.dumps({"rows": [{"row_idx": 0, "row": each} for each in OBJECTS], "features": []}),
        json.dumps({"rasa_nlu_data": {"common_examples": OBJECTS, "regex_features": []}}),
        json.dumps([["text", "label"], *PAIRS]),
    ],
)
def test_every_shape_of_a_table(write: Write, document: str) -> None:
    assert rows(write("a.json", document)) == [["text", "label"], *PAIRS]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"on": CHUNKS, "off": [{"data": [{"text": "turn it off"}]}]}, PAIRS),
        (
            {"language": "en", "intents": {"on": {"utterances": CHUNKS}}, "entities": {}},
            PAIRS[:1],
        ),
        (
            {
                "intents": [
                    {"tag": "on", "patterns": ["turn it on"], "responses": ["ok"]},
                    {"tag": "off", "patterns": ["turn it off"], "responses": []},
                ]
            },
            PAIRS,
        ),
        (
            {"intents": [{"intent": "on", "examples": [{"text": "turn it on"}]}], "entities": []},
            PAIRS[:1],
        ),
        (
            {"on": ["turn it on", "light"], "off": ["turn it off"]},
            [["turn it on", "on"], ["light", "on"], ["turn it off", "off"]],
        ),
    ],
)
def test_texts_by_intent(write: Write, document: Any, expected: list[list[str]]) -> None:
    table = opened(write("a.json", json.dumps(document)))

    assert [list(record.values) for record in table.records] == expected
    assert table.roles == {"text": "text", "label": "label"}


def test_splits_are_all_taken_or_the_ones_that_are_asked_for(write: Write) -> None:
    path = write("a.json", json.dumps({"train": PAIRS, "val": [["dim it", "off"]], "oos_test": []}))

    assert len(rows(path)) == 4
    assert rows(path, split="val")[1:] == [["dim it", "off", "val"]]
    assert len(rows(path, split="train, val")) == 4
    with pytest.raises(DataError, match="no split 'dev'; it has train, val, oos_test"):
        opened(path, split="dev")
    with pytest.raises(DataError, match="has no splits"):
        opened(write("b.json", json.dumps(OBJECTS)), split="train")


def test_a_column_of_splits_is_as_good(write: Write) -> None:
    lines = [{"utt": "a", "partition": "train"}, {"utt": "b", "partition": "dev"}]
    path = write("a.jsonl", "\n".join(map(json.dumps, lines)))

    assert rows(path, split="dev")[1:] == [["b", "dev"]]
    with pytest.raises(DataError, match="no split 'test'; it has train, dev"):
        opened(path, split="test")


def test_a_broken_line_is_one_row_less(write: Write) -> None:
    path = write("a.jsonl", '{"a": 1}\n{"a": 2\n\n{"a": NaN, "b": 3}\n"text"\n' + "[" * 90_000)

    assert rows(path) == [["a", "b"], [1, None], [None, 3]]
    assert list(problems(path)) == [2, 5, 6]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1}', "no whole JSON document: .* at line 1, column 10"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('[{"a": ' + "9" * 5_000 + "}]", "a number without end"),
        ('{"a": 1}', "no known shape"),
        ('{"a": {"b": {"c": 1}}}', "no known shape"),
        ('{\n"a": 1}\n{\n"a": 2}\n', "as JSON Lines with one object in a line"),
        ("[]", "holds no objects"),
        ("", "is empty"),
        ('"text"', "no known shape"),
    ],
)
def test_what_is_no_table_is_said(write: Write, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        rows(write("a.json", content))


def test_a_table_whose_first_field_has_brackets_is_no_json(write: Write) -> None:
    assert rows(write("a.csv", "[id],text\n1,a\n")) == [["[id]", "text"], ["1", "a"]]
