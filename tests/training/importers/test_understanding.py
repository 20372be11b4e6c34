"""What is text and what is label: told by names, by content, or asked."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from iargus.errors import DataError
from tests.toy_tasks import rent_task
from tests.training.importers.conftest import INTENT, Importing

TEXTS = [f"please turn the lamp of room {n} {way}" for n in range(10) for way in ("on", "off")]
LABELS = ["on", "off"] * 10


def pairs(importing: Importing) -> set[tuple[str, str]]:
    rows = importing.store(INTENT).rows()
    return set(zip(rows["text"], rows["label"], strict=True))


def table(first: str, columns: tuple[list[str], list[str]] = (TEXTS, LABELS)) -> str:
    return first + "".join(f"{one};{other}\n" for one, other in zip(*columns, strict=True))


@pytest.mark.parametrize(
    "header",
    [
        "text;category",
        "utterance;intent",
        "question;label",
        "Query;Class",
        "Sentence ; Topic",
        "utt;tag",
        "phrase;kategorie",
    ],
)
def test_a_header_of_known_names_needs_no_question(
    importing: Importing, tmp_path: Path, header: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(table(header + "\n"))

    assert importing.examples(file, confirmed=False).added == 20
    assert pairs(importing) == set(zip(TEXTS, LABELS, strict=True))


@pytest.mark.parametrize("order", ["text first", "label first"])
def test_without_a_header_the_content_tells_the_order(
    importing: Importing, tmp_path: Path, order: str
) -> None:
    columns = (TEXTS, LABELS) if order == "text first" else (LABELS, TEXTS)
    file = tmp_path / "a.csv"
    file.write_text(table("", columns))

    assert importing.examples(file, confirmed=False).added == 20
    assert pairs(importing) == set(zip(TEXTS, LABELS, strict=True))


@pytest.mark.parametrize("header", ["gesagt;gemeint", "col1;col2", "text;ziel"])
@pytest.mark.parametrize("order", ["text first", "label first"])
def test_a_header_of_other_names_is_a_question_and_never_an_example(
    importing: Importing, tmp_path: Path, header: str, order: str
) -> None:
    columns = (TEXTS, LABELS) if order == "text first" else (LABELS, TEXTS)
    if order == "label first":
        header = ";".join(reversed(header.split(";")))
    file = tmp_path / "a.csv"
    file.write_text(table(header + "\n", columns))

    with pytest.raises(DataError, match=r"Say --yes if that is right, or name .* --column"):
        importing.examples(file, confirmed=False)
    assert pairs(importing) == set()
    assert importing.examples(file, confirmed=True).added == 20
    assert pairs(importing) == set(zip(TEXTS, LABELS, strict=True))


@pytest.mark.parametrize("header", ["what was said;meant", "said?;meant", "a;a label of it"])
def test_a_first_line_that_may_be_a_row_is_a_question(
    importing: Importing, tmp_path: Path, header: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(table(header + "\n"))

    with pytest.raises(DataError, match=r"a row, or the names of the columns \(--header\)"):
        importing.examples(file, confirmed=False)
    assert importing.examples(file, header=True).added == 20


def test_columns_that_are_named_are_no_question(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(table("gesagt;gemeint\n"))

    mapping = {"text": "gesagt", "label": "gemeint"}
    assert importing.examples(file, confirmed=False, mapping=mapping).added == 20


def test_few_rows_without_a_header_are_a_question(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("where is my parcel?\tdelivery\nmy voucher fails\tvoucher\n")

    with pytest.raises(DataError, match=r"a row, or the names of the columns \(--header\)"):
        importing.examples(file, confirmed=False)
    assert importing.examples(file, confirmed=True).added == 2


def test_whoever_says_that_there_is_no_header_is_obeyed(
    importing: Importing, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(table("text;category\n"))

    assert importing.examples(file, header=False).added == 21


def test_a_label_with_nearly_as_many_values_as_rows_is_a_question(
    importing: Importing, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(table("label;text\n", (TEXTS, LABELS)))

    with pytest.raises(DataError, match="'label', taken for the label, has 20 values in 20 rows"):
        importing.examples(file, confirmed=False)


def test_amounts_may_all_be_different(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{"city": "Lyon", "area": n, "label": n} for n in range(1, 30)]))

    assert importing.examples(file, task=rent_task(), confirmed=False).added == 29


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "jsonl", "json", "csv.gz"])
def test_every_format_gives_the_same_examples(
    importing: Importing, tmp_path: Path, kind: str
) -> None:
    frame = pd.DataFrame({"id": range(20), "utt": TEXTS, "intent": LABELS})
    file = tmp_path / f"a.{kind}"
    match kind:
        case "xlsx":
            frame.to_excel(file, index=False)
        case "parquet":
            frame.to_parquet(file)
        case "jsonl":
            frame.to_json(file, orient="records", lines=True)
        case "json":
            frame.to_json(file)
        case _:
            frame.to_csv(file, index=False)

    assert importing.examples(file, confirmed=False).added == 20
    assert pairs(importing) == set(zip(TEXTS, LABELS, strict=True))


def test_one_broken_row_is_rejected_and_the_others_are_added(
    importing: Importing, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    good = "turn it on,on\n" * 3
    file.write_text(f'text,label\n"never closed,on\n{good}{"x" * 9_000},on\n')

    summary = importing.examples(file)

    assert (summary.added, summary.rejected) == (3, 2)
    assert "the row cannot be read" in summary.reasons
    assert summary.rejected_path is not None
    assert summary.rejected_path.read_text().splitlines()[1].startswith("2,a quotation mark")
