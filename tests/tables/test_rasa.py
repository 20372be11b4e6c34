"""Training data of Rasa: sentences under intents, and nothing besides."""

from __future__ import annotations

import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, rows

YAML = """\
version: "3.1"
nlu:
- intent: on
  examples: |
    - light up the [kitchen](room)
    - in [NYC]{"entity": "city", "role": "to"} and [LA](city:la)
- intent: 7
  examples:
    - text: make it [dark](state)
    - - no text
- synonym: kitchen
  examples: |
    - cooking room
- regex: zip
  examples: |
    - \\d{5}
- lookup: town
  examples: |
    - Lyon
stories: []
"""
MARKDOWN = """\
<!-- a comment
- no example
-->
## intent:on
- light up the [kitchen](room)
* in [NYC]{"entity": "city"}

## synonym:kitchen
- cooking room
## lookup:town
- Lyon
## intent: off
- make it dark
"""


def test_yaml_gives_the_sentences_of_intents(write: Write) -> None:
    assert rows(write("nlu.yml", YAML)) == [
        ["text", "label"],
        ["light up the kitchen", "on"],
        ["in NYC and LA", "on"],
        ["make it dark", "7"],
    ]


def test_a_row_has_the_line_that_it_stands_on(write: Write) -> None:
    table = opened(write("nlu.yml", YAML))
    lines = YAML.splitlines()

    for record in list(table.records)[:2]:
        assert str(record.values[0])[:2] in lines[record.position - 1]


def test_markdown_gives_the_same(write: Write) -> None:
    assert rows(write("nlu.md", MARKDOWN)) == [
        ["text", "label"],
        ["light up the kitchen", "on"],
        ["in NYC", "on"],
        ["make it dark", "off"],
    ]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB + "nlu: [*i]\n", "aliases .* are not read"),
        ("nlu: " + "[" * 5_000, "nested more than 20 deep"),
        ("nlu:\n- intent: a\n  examples: |\n - b\n", "line 4: no YAML"),
        ("nlu:\n- intent: a\n", "without examples of intents"),
        ("rules: []\n", "without examples of intents"),
        ("nlu: !!python/object/apply:os.system [exit]\n", "without examples of intents"),
    ],
)
def test_what_is_no_training_data_is_said(write: Write, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        opened(write("nlu.yml", content))
