"""Packed files: one table inside, and never more than was meant."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, rows

TABLE = b"a,b\n1,2\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv", "a"])
@pytest.mark.parametrize(
    "pack",
    [gzip.compress, bz2.compress, lzma.compress, lambda content: zipped(("x/a.csv", content))],
)
def test_a_packed_table_is_read_whatever_its_name(
    write: Write, name: str, pack: Callable[[bytes], bytes]
) -> None:
    assert rows(write(name, pack(TABLE))) == [["a", "b"], ["1", "2"]]


def test_zstandard_is_read(write: Write) -> None:
    import pyarrow as pa

    packed = pa.compress(TABLE, codec="zstd", asbytes=True)
    assert rows(write("a.csv.zst", packed)) == [["a", "b"], ["1", "2"]]


def test_the_name_inside_counts(write: Write) -> None:
    assert rows(write("a.zip", zipped(("a.tsv", b'a\tb\n"1\t2\n')))) == [["a", "b"], ['"1', "2"]]


@pytest.mark.parametrize("inner", ["a.parquet", "a.xlsx"])
def test_formats_that_need_a_file_of_their_own_are_unpacked(
    write: Write, tmp_path: Path, inner: str
) -> None:
    plain = tmp_path / inner
    frame = pd.DataFrame({"a": [1], "b": ["x"]})
    if inner.endswith("parquet"):
        frame.to_parquet(plain)
    else:
        frame.to_excel(plain, index=False)
    for packed in (zipped((inner, plain.read_bytes())), gzip.compress(plain.read_bytes())):
        assert rows(write("packed", packed)) == [["a", "b"], [1, "x"]]


def test_what_desktops_add_to_archives_does_not_count(write: Write) -> None:
    packed = zipped(("a.csv", TABLE), ("__MACOSX/._a.csv", b"x"), (".DS_Store", b"y"))
    assert len(rows(write("a.zip", packed))) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("a.csv", TABLE), ("b.csv", TABLE)), r"2 files \(a.csv, b.csv\)"),
        (zipped(), "an empty zip archive"),
        (zipped(("a.zip", zipped(("a.csv", TABLE)))), "packed twice"),
        (gzip.compress(gzip.compress(TABLE)), "packed twice"),
        (gzip.compress(b""), "is empty when it is unpacked"),
        (gzip.compress(TABLE * 10_000)[:-30], "packed and broken"),
        (zipped(("a.csv", TABLE))[:40], "a zip archive that is broken"),
        (gzip.compress(b"a,b\n" + b"0,0\n" * (20 << 20)), "more than 200 times its size"),
        (zipped(("a.csv", b"0,0\n" * (20 << 20))), "more than 200 times its size"),
    ],
    ids=["two", "none", "zip in zip", "gzip twice", "empty", "cut", "zip cut", "bomb", "zip bomb"],
)
def test_what_cannot_be_unpacked_is_said(write: Write, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        opened(write("a.packed", content))
