"""Examples of any task: JSON, tables with and without a header, names as requests use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iargus.errors import DataError
from iargus.training.importers import ImportRefused
from tests.toy_tasks import rent_task
from tests.training.importers.conftest import INTENT, Importing


def pairs(importing: Importing) -> list[tuple[str, str]]:
    rows = importing.store(INTENT).rows()
    return list(zip(rows["text"], rows["label"], strict=True))


@pytest.mark.parametrize("text", ["text", "sentence", "query"])
@pytest.mark.parametrize("label", ["label", "intent"])
def test_json_by_every_name(importing: Importing, tmp_path: Path, text: str, label: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{label: "salut", text: " ça va ? "}, {text: "b", label: 26}]))

    assert importing.examples(file).added == 2
    assert pairs(importing) == [("ça va ?", "salut"), ("b", "26")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", 'say "hi"\tgreeting\nyes,no\tanswer\n'),
        ("a.tsv", 'text\tlabel\nsay "hi"\tgreeting\nyes,no\tanswer\n'),
        ("a.tsv", 'Intent\tSentence\ngreeting\t"say ""hi"""\nanswer\tyes,no\n'),
        ("a.tsv", 'say "hi"    greeting\nyes,no    answer\n'),
        ("a.csv", 'text,label\n"say ""hi""",greeting\n"yes,no",answer\n'),
        ("a.csv", '"say ""hi""",greeting\n"yes,no",answer\n'),
        ("a.csv", '\ufeffquery,n,intent\r\n"say ""hi""",1,greeting\r\n"yes,no",2,answer\r\n'),
    ],
)
def test_tables(importing: Importing, tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8", newline="")

    assert importing.examples(file).added == 2
    assert pairs(importing) == [('say "hi"', "greeting"), ("yes,no", "answer")]


def test_a_mapping(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("utterance,class,day\nhello,greeting,2026-01-02\n")

    importing.examples(file, mapping={"text": "utterance", "label": "class", "observed_at": "day"})

    assert pairs(importing) == [("hello", "greeting")]
    assert str(importing.store(INTENT).rows()["observed_at"][0]) == "2026-01-02 00:00:00"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"text": "", "label": "a"}, "text: String should have at least 1 character"),
        ({"text": "  ", "label": "a"}, "text: String should have at least 1 character"),
        ({"label": "a"}, "text: Field required"),
        ({"text": 7, "label": "a"}, "text: Input should be a valid string"),
        ({"text": "x" * 5001, "label": "a"}, "text: String should have at most 5000 characters"),
        ({"text": "x\ud800", "label": "a"}, "text: "),
        ({"text": "x"}, "the label is missing"),
        ({"text": "x", "label": None}, "the label is missing"),
        ({"text": "x", "label": " "}, "the label cannot be used: an intent is a text"),
        ({"text": "x", "label": "y" * 256}, "the label cannot be used: an intent is a text"),
        ({"text": "x", "label": ["y"]}, "the label cannot be used: an intent is a text"),
        ({"text": "x", "label": "y\ud800"}, "the label is no valid Unicode"),
        ("x", "the row has a wrong number of fields"),
    ],
)
def test_every_reason_to_reject_an_item(
    importing: Importing, tmp_path: Path, item: object, reason: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{"text": "good", "label": "a"}, item]))

    summary = importing.examples(file)

    assert (summary.added, summary.rejected) == (1, 1)
    assert next(iter(summary.reasons)).startswith(reason), summary.reasons
    assert summary.rejected_path is not None
    written = summary.rejected_path.read_text()
    assert written.startswith("item,reason,text,label\n2,")


def test_a_task_with_several_features(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("area,city,label\n50,Lyon,800\n,Lille,700.5\n")

    with pytest.raises(ImportRefused, match="2 of 2 rows are rejected"):
        importing.examples(file, task=rent_task())  # its labels are numbers

    items = [{"area": 50, "city": "Lyon", "label": 800}, {"city": "Lille", "label": 700.5}]
    document = tmp_path / "a.json"
    document.write_text(json.dumps(items))
    assert importing.examples(document, task=rent_task()).added == 2
    rows = importing.store(rent_task()).rows()
    assert rows["city"].tolist() == ["Lyon", "Lille"]
    assert rows["area"].isna().tolist() == [False, True]
    assert rows["label"].tolist() == [800.0, 700.5]


def test_a_table_that_fits_no_task(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b,c\n1,2,3\n")

    with pytest.raises(DataError, match=r"no column for text, label; its columns are a, b, c"):
        importing.examples(file)
