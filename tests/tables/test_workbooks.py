"""Workbooks: one sheet, its values as they are typed."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iargus.errors import DataError
from tests.tables.conftest import Write, opened, problems, rows

Sheets = dict[str, list[list[Any]]]


def workbook(path: Path, sheets: Sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, values in sheets.items():
        sheet = book.create_sheet(title)
        for row in values:
            sheet.append(row)
    book.save(path)
    return path


def changed(path: Path, part: str, change: Any) -> Path:
    """The same workbook with another part."""
    file = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    path.write_bytes(file.getvalue())
    return path


def test_values_keep_their_types(tmp_path: Path) -> None:
    day = datetime(2026, 5, 2)
    header, values = ["make", "year", "price", "sold", "day"], ["Kia", 2015, 8200.5, True, day]
    path = workbook(tmp_path / "a.xlsx", {"Sales": [header, values, ["Kia", None, "#N/A"]]})

    assert rows(path) == [header, values, ["Kia", None, None, None, None]]
    assert "sheet 'Sales'" in opened(path).description()


def test_a_workbook_is_recognised_under_any_name(tmp_path: Path) -> None:
    assert rows(workbook(tmp_path / "a.xlsx", {"x": [["a"], [1]]}).rename(tmp_path / "b.csv"))


def test_the_sheet_that_is_meant_is_asked_for(tmp_path: Path) -> None:
    sheets: Sheets = {"one": [["a"], [1]], "two": [["a"], [2]], "notes": []}
    path = workbook(tmp_path / "a.xlsx", sheets)

    with pytest.raises(DataError, match=r"several sheets \(one, two\).*--sheet 'one'"):
        opened(path)
    assert rows(path, sheet="two") == rows(path, sheet="2") == [["a"], [2]]
    with pytest.raises(DataError, match="no sheet 'three'; it has one, two, notes"):
        opened(path, sheet="three")
    with pytest.raises(DataError, match="holds no rows"):
        opened(path, sheet="notes")


def test_a_size_that_a_program_wrote_down_wrongly_hides_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"x": [["a", "b"], [1, 2], [3, 4]]})
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'"A1:B3"', b'"A1"'))

    assert rows(path) == [["a", "b"], [1, 2], [3, 4]]


def test_empty_rows_are_none_and_a_value_too_many_is_a_fault(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"x": [["a", "b"], [], [1, 2], [3, 4, 5]]})

    assert rows(path) == [["a", "b"], [1, 2]]
    assert problems(path) == {4: "the row has 3 fields instead of 2"}


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("12345")
    path = workbook(tmp_path / "a.xlsx", {"x": [["a"], ["b"]]})
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()

    def with_entity(xml: bytes) -> bytes:
        return entity + xml.replace(b"<v>0</v>", b"<v>&e;</v>", 1)

    changed(path, "xl/worksheets/sheet1.xml", with_entity)
    with pytest.raises(DataError, match=r"declares entities .*save the sheet as CSV"):
        rows(path)


def test_a_workbook_that_grows_without_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"x": [["a"], [1]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(80 << 20))

    with pytest.raises(DataError, match="MiB when it is unpacked"):
        opened(path)


def test_a_broken_workbook_is_one_line(write: Write, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"x": [["a"], [1]]})
    changed(path, "xl/workbook.xml", lambda _: b"<no")

    with pytest.raises(DataError, match="a workbook that cannot be read"):
        opened(path)
