"""What is not read is called by its name, with what to do."""

from __future__ import annotations

import io
import pickle
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened


def archive(*names: str, mimetype: bytes | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        if mimetype is not None:
            made.writestr("mimetype", mimetype)
        for name in ("[Content_Types].xml", *names):
            made.writestr(name, b"<x/>")
    return file.getvalue()


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        made.addfile(tarfile.TarInfo("a.csv"))
    return file.getvalue()


def sqlite(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "x.db")
    connection.execute("create table t (a)")
    connection.commit()
    connection.close()
    return (folder / "x.db").read_bytes()


ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "xls"),
        (archive("content.xml", mimetype=ODS), "OpenDocument spreadsheet"),
        (archive("xl/workbook.bin"), "xlsb"),
        (archive("word/document.xml"), "Word document"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (pickle.dumps([1, 2, 3]), "pickle"),
        (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"<?xml version='1.0'?><rows><row a='1'/></rows>", "XML"),
        (b"Obj\x01\x04\x14avro.codec", "Avro"),
        (b"ORC\x08\x03\x10", "ORC"),
        (b"ARROW1\0\0", "Arrow"),
        (b"\x93NUMPY\x01\0v\0", "NumPy"),
        (b"INSERT INTO t VALUES (1, 'a');\n", "SQL"),
        (tar(), "tar archive"),
        (bytes(range(256)) * 4, "binary file of no known kind"),
    ],
)
@pytest.mark.parametrize("called", ["a.csv", "a.json", "a.xlsx", "a"])
def test_a_format_that_is_not_read_is_named(
    write: Write, content: bytes, name: str, called: str
) -> None:
    with pytest.raises(DataError, match=name) as caught:
        opened(write(called, content))
    assert "\n" not in str(caught.value)


def test_a_database_is_named(write: Write, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"SQLite database.*export the table as CSV"):
        opened(write("a.csv", sqlite(tmp_path)))


def test_what_is_no_regular_file_is_said(tmp_path: Path) -> None:
    import os

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="no regular file"):
        opened(pipe)
    with pytest.raises(DataError, match="is a directory"):
        opened(tmp_path)
