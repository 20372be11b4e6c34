"""Files that cannot be read: one clear line each, and nothing added."""

from __future__ import annotations

from pathlib import Path

import pytest

from iargus.errors import DataError
from iargus.tables import TableOptions
from tests.training.importers.conftest import CARS, INTENT, Importing

HEADER = "make,model,year,mileage,price,state,date_added\n"
ROW = "Toyota,Camry,2014,1,8995,TX,2018-05-01\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n\n\n", "only blank lines"),
        ("a.csv", HEADER.encode(), "a header but no rows"),
        ("a.csv", HEADER.replace(",", ":").encode(), r"hold ':'.*--delimiter"),
        ("a.csv", b'"make,model\n', "line 1: a quotation mark is opened and not closed"),
        ("a.csv", b"Sales of May\n" + (HEADER + ROW).encode() * 2, "line 1: 1 fields, and 7 in"),
        ("a.csv", b"make,make,model\n1,2,3\n", "two columns called 'make'"),
        ("a.json", b'[{"make": "Toyota"', "no whole JSON document.*line 1, column 19"),
        ("a.json", b'{"make": "Toyota"}', "no known shape: it should be a list of objects"),
        ("a.json", b"[]", "holds no objects"),
        ("a.json", b"[1, 2]", "holds no objects"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b'[{"make": "\xff"}]', "is not UTF-8 .byte 11."),
    ],
)
def test_what_is_wrong_is_said(
    importing: Importing, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(DataError, match=message) as caught:
        importing.cars(file)
    assert "\n" not in str(caught.value)
    assert importing.store(CARS).span().count == 0


def test_what_is_no_file(importing: Importing, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file"):
        importing.cars(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="is a directory"):
        importing.cars(tmp_path)


@pytest.mark.parametrize("before", [0, 5, 40_000])
def test_a_bad_byte_is_named(importing: Importing, tmp_path: Path, before: int) -> None:
    content = (HEADER + ROW * before).encode()
    file = tmp_path / "a.csv"
    file.write_bytes(content + b"Citro\x81n" + ROW.encode())

    with pytest.raises(DataError, match=rf"is not UTF-8 \(byte {len(content) + 5}\).*--encoding"):
        importing.cars(file)


def test_a_truncated_character_at_the_end(importing: Importing, tmp_path: Path) -> None:
    content = HEADER.encode() + "Citroë".encode()[:-1]
    file = tmp_path / "a.csv"
    file.write_bytes(content)

    with pytest.raises(DataError, match=r"is not UTF-8 \(byte"):
        importing.cars(file)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8", "UTF8", "utf-8-sig"])
def test_other_encodings(importing: Importing, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("où est l'hôtel\tfind-hôtel\n", encoding=encoding)

    assert importing.examples(file, options=TableOptions(encoding)).added == 1
    assert importing.store(INTENT).rows()["text"].tolist() == ["où est l'hôtel"]


def test_an_encoding_that_nobody_knows(importing: Importing, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + ROW)

    with pytest.raises(DataError, match="no encoding is called 'latin-99'"):
        importing.cars(file, options=TableOptions("latin-99"))
