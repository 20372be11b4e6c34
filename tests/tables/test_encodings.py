"""Encodings: recognised where only one makes sense, otherwise asked for."""

from __future__ import annotations

import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, rows

TEXT = "text,label\noù est l’hôtel à Sète ?,find\nKöln – Straße,à voir\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_is_recognised(write: Write, encoding: str) -> None:
    assert rows(write("a.csv", TEXT, encoding)) == [
        ["text", "label"],
        ["où est l’hôtel à Sète ?", "find"],
        ["Köln – Straße", "à voir"],
    ]


def test_a_guess_is_said(write: Write) -> None:
    assert "cp1252" in opened(write("a.csv", TEXT, "cp1252")).description()
    assert "cp1252" not in opened(write("a.csv", TEXT)).description()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("text,label\nгде мой заказ,доставка\n" * 5, "cp1251"),
        ("text,label\nπού είναι,άλλο\n" * 5, "cp1253"),
        ("text,label\nhôtel à côté,voir\n" * 5, "mac-roman"),
        ("text,label\nKöln über,sehen\n" * 5, "cp850"),
        ("text,label\nWałęsa żółw,miasto\n" * 5, "cp1250"),
        ("text,label\n荷物はどこ,配達\n" * 5, "shift-jis"),
        ("text,label\n我的包裹在哪里,快递\n" * 5, "gbk"),
        ("text,label\nwhere,find\n" * 5, "utf-16-le"),
        ("text,label\nwhere,find\n" * 5, "utf-16-be"),
    ],
)
def test_another_encoding_is_asked_for_and_then_read(
    write: Write, text: str, encoding: str
) -> None:
    path = write("a.csv", text, encoding)

    with pytest.raises(DataError, match="--encoding"):
        opened(path)
    assert rows(path, encoding=encoding)[1] == text.split("\n")[1].split(",")


def test_two_encodings_in_one_file_are_no_guess(write: Write) -> None:
    both = "text,label\nhôtel,a\n".encode() + "hôtel,a\n".encode("cp1252")
    with pytest.raises(DataError, match=r"is not UTF-8 \(byte 21\).*'hôtel' in cp1252"):
        opened(write("a.csv", both))


def test_a_text_that_is_cut_off_within_a_character_is_no_other_encoding(write: Write) -> None:
    with pytest.raises(DataError, match="is not UTF-8"):
        opened(write("a.csv", "text,label\nhôtel,café".encode()[:-1]))
