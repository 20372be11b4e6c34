"""Delimited text: recognised by its rows, and one broken row costs one row."""

from __future__ import annotations

from pathlib import Path

import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, problems, rows

WANTED = [["text", "label"], ["Hello, you", "greet"], ["8,5; or 9", "number"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"Hello, you",greet\n"8,5; or 9",number\n'),
        ("a.csv", 'text;label\r\nHello, you;greet\r\n"8,5; or 9";number\r\n'),
        ("a.csv", "text\tlabel\nHello, you\tgreet\n8,5; or 9\tnumber\n"),
        ("a.tsv", 'text,label\n"Hello, you",greet\n"8,5; or 9",number\n'),
        ("a.txt", "text|label\nHello, you|greet\n8,5; or 9|number"),
        ("a.csv", 'sep=;\r\ntext;label\r\nHello, you;greet\r\n"8,5; or 9";number\r\n'),
        ("a.csv", '"SEP=|"\ntext|label\nHello, you|greet\n8,5; or 9|number\n'),
        ("a.csv", "sep=:\ntext:label\nHello, you:greet\n8,5; or 9:number\n"),
        ("a.csv", '"text","label"\n"Hello, you","greet"\n\n"8,5; or 9","number"\n\n'),
        ("a.csv", 'text,label\r"Hello, you",greet\r"8,5; or 9",number\r'),
        ("a", '\ufefftext,label\n"Hello, you",greet\n"8,5; or 9",number\n'),
    ],
)
def test_every_dialect_gives_the_same_rows(write: Write, name: str, content: str) -> None:
    assert rows(write(name, content)) == WANTED


def test_what_sep_names_is_obeyed_and_lines_keep_their_numbers(write: Write) -> None:
    table = opened(write("a.csv", "sep=;\na;b\n1,5;2,5\n3,5;4,5\n"))

    assert list(table.names) == ["a", "b"]
    assert [record.position for record in table.records] == [3, 4]


def test_a_delimiter_that_is_given_overrules_what_looks_right(write: Write) -> None:
    assert rows(write("a.csv", "a,b;c\n1,2;3\n"), delimiter=";") == [["a,b", "c"], ["1,2", "3"]]


def test_decimal_commas_do_not_separate(write: Write) -> None:
    content = "price;kind\n" + "8123,50;a\n" * 400
    assert rows(write("a.csv", content))[1] == ["8123,50", "a"]


def test_a_field_of_any_length_is_read(write: Write) -> None:
    long = "x" * 140_000
    assert rows(write("a.csv", f"a,b\n1,{long}\n2,y\n")) == [["a", "b"], ["1", long], ["2", "y"]]


def test_a_line_without_end_costs_its_row(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iargus.tables.lines.MAX_LINE_CHARS", 1000)
    monkeypatch.setattr("iargus.tables.lines.BLOCK_CHARS", 100)
    path = write("a.csv", "a,b\n1,2\n3," + "x" * 5000 + "\n5,6\n")

    assert rows(path) == [["a", "b"], ["1", "2"], ["5", "6"]]
    assert list(problems(path)) == [3]


def test_a_stray_zero_byte_costs_its_row(write: Write) -> None:
    path = write("a.csv", "a,b\n1,2\n3,\0four\n" + "5,six\n" * 50)

    assert len(rows(path)) == 52
    assert problems(path) == {3: "the line holds a zero byte"}


@pytest.mark.parametrize(
    ("content", "kept", "broken"),
    [
        # A quotation mark that is never closed.
        ('a,b\n1,2\n3,"four\n5,6\n7,8\n', [["1", "2"], ["5", "6"], ["7", "8"]], [3]),
        # One that the next quoted field closes.
        ('a,b\n1,"two\n3,"four"\n5,6\n', [["3", "four"], ["5", "6"]], [2]),
        ('"a","b"\n"1","two\n"3","four"\n', [["3", "four"]], [2]),
        # One too many.
        ('a,b\n1,"two "x" three"\n3,4\n', [["3", "4"]], [2]),
        ("a,b\n1,2,3\n4,5\n6\n7,8\n", [["4", "5"], ["7", "8"]], [2, 4]),
        ('a,b\n1,"two\nlines"\n3\n', [["1", "two\nlines"]], [4]),
        ('a,b\n5" pipe,1\n', [['5" pipe', "1"]], []),
    ],
)
def test_a_broken_row_is_named_and_the_others_are_kept(
    write: Write, content: str, kept: list[list[str]], broken: list[int]
) -> None:
    path = write("a.csv", content)

    assert rows(path)[1:] == kept
    assert list(problems(path)) == broken


def test_a_missing_quotation_mark_swallows_one_row_of_a_large_file(write: Write) -> None:
    good = "".join(f"{n},text of {n}\n" for n in range(50_000))
    path = write("a.csv", "n,text\n" + '0,"never closed\n' + good)

    assert len(rows(path)) == 50_001
    assert problems(path) == {2: "a quotation mark is opened and not closed"}


def test_a_title_above_the_header_is_named(write: Write) -> None:
    with pytest.raises(DataError, match=r"line 1: 1 fields, and 3 in the lines below"):
        opened(write("a.csv", "Sales of May\na,b,c\n" + "1,2,3\n" * 5))


def test_rows_can_be_looked_at_before_they_are_read(write: Write) -> None:
    path = write("a.csv", "a,b\n" + "1,2\n" * 100)
    table = opened(path)

    assert [record.values for record in table.head(2)] == [["1", "2"]] * 2
    assert sum(1 for _ in table.read()) == 100
    assert sum(1 for _ in table.records) == 100
    assert table.bytes_read() == table.size_bytes == path.stat().st_size


@pytest.mark.parametrize("quoted", [False, True])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, quoted: bool) -> None:
    import tracemalloc

    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("a,b\n")
        for number in range(300_000):
            file.write(f'{number},"some, text"\n' if quoted else f"{number},some text\n")
    table = opened(path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.records) == 300_000
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
