"""Two files compared are read as imports read them: formats, dialects, numbers, broken rows."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iargus.errors import DataError
from iargus.monitoring.comparison import Comparison, Request, compare_files
from iargus.tables import TableOptions
from iargus.tables.frames.number_texts import as_numbers, decimal_signs

ROWS = 800


def frame(factor: float, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "price": (random.normal(9000, 1500, ROWS) * factor).round(2),
            "kind": random.choice(list("abc"), ROWS),
            "town": random.choice(["Köln", "Lyon"], ROWS),
        }
    )


def semicolons(table: pd.DataFrame, path: Path, encoding: str = "utf-8", head: str = "") -> Path:
    text = table.to_csv(index=False, sep=";", decimal=",")
    path.write_bytes((head + text).encode(encoding))
    return path


def write(table: pd.DataFrame, path: Path) -> Path:
    match path.name.partition(".")[2]:
        case "csv":
            table.to_csv(path, index=False)
        case "tsv":
            table.to_csv(path, index=False, sep="\t")
        case "txt":
            table.to_csv(path, index=False, sep="|")
        case "csv.gz" | "zip" | "parquet.gz":
            inner = path.with_name("inner." + ("parquet" if "parquet" in path.name else "csv"))
            write(table, inner)
            if path.suffix == ".gz":
                path.write_bytes(gzip.compress(inner.read_bytes()))
            else:
                table.to_csv(path, index=False, compression={"method": "zip"})
        case "jsonl":
            table.to_json(path, orient="records", lines=True)
        case "json":
            table.to_json(path, orient="records")
        case "xlsx":
            table.to_excel(path, index=False)
        case "latin.csv":
            semicolons(table, path, "latin-1")
        case "utf16.csv":
            semicolons(table, path, "utf-16")
        case "sep.csv":
            semicolons(table, path, head="sep=;\r\n")
        case "semicolon.csv":
            semicolons(table, path)
        case _:
            table.to_parquet(path)
    return path


def drifted(found: Comparison) -> list[str]:
    assert found.observed.drift is not None
    return [each.feature for each in found.observed.drift.drifted]


@pytest.mark.parametrize(
    "kind",
    [
        *("csv", "tsv", "txt", "csv.gz", "zip", "jsonl", "json", "xlsx", "parquet", "parquet.gz"),
        *("latin.csv", "utf16.csv", "sep.csv", "semicolon.csv"),
    ],
)
def test_every_format_shows_the_same_drift(tmp_path: Path, kind: str) -> None:
    before = write(frame(1.0, 1), tmp_path / "before.parquet")
    after = write(frame(1.6, 2), tmp_path / f"after.{kind}")

    for pair in ((before, after), (after, before)):
        found = compare_files(*pair, Request())
        assert found.observed.drift is not None
        assert found.observed.drift.compared == 3
        assert drifted(found) == ["price"]
    assert found.view.rows == ROWS


def test_a_file_in_which_nothing_changed_but_its_format_has_no_drift(tmp_path: Path) -> None:
    table = frame(1.0, 1)
    before = write(table, tmp_path / "before.parquet")

    for kind in ("semicolon.csv", "jsonl", "xlsx"):
        found = compare_files(before, write(table, tmp_path / f"after.{kind}"), Request())
        assert drifted(found) == []


def test_broken_rows_are_left_out_counted_and_named(tmp_path: Path) -> None:
    before = write(frame(1.0, 1), tmp_path / "before.csv")
    lines = before.read_text().splitlines()
    after = tmp_path / "after.csv"
    broken = [*lines[:100], '1,"never closed,a', *lines[100:200], "1,2", *lines[200:], "1,2,3,4"]
    after.write_text("\n".join(broken) + "\n")

    found = compare_files(before, after, Request())

    current, reference = found.understood
    assert (current.broken, reference.broken) == (3, 0)
    assert current.first_broken == "line 101: a quotation mark is opened and not closed"
    assert found.view.rows == ROWS
    assert drifted(found) == []


def test_a_file_that_is_mostly_broken_is_refused(tmp_path: Path) -> None:
    before = write(frame(1.0, 1), tmp_path / "before.csv")
    after = tmp_path / "after.csv"
    after.write_text("price,kind,town\n1,a,b\n" + "1,a\n" * 10)

    with pytest.raises(DataError, match=r"10 of 11 rows are broken, such as line 3: .*2 fields"):
        compare_files(before, after, Request())


def test_options_overrule_what_is_recognised(tmp_path: Path) -> None:
    before = semicolons(frame(1.0, 1), tmp_path / "before.csv", "mac-roman")
    after = semicolons(frame(1.0, 2), tmp_path / "after.csv", "mac-roman")

    with pytest.raises(DataError, match="--encoding"):
        compare_files(before, after, Request())
    options = TableOptions(encoding="mac-roman", delimiter=";")
    found = compare_files(before, after, Request(), options=options)
    assert found.observed.drift is not None
    assert found.observed.drift.compared == 3


def test_quoted_lines_are_one_value(tmp_path: Path) -> None:
    table = frame(1.0, 1).assign(note='two\nlines, "quoted"')
    found = compare_files(
        write(table, tmp_path / "before.parquet"), write(table, tmp_path / "after.csv"), Request()
    )

    assert found.view.rows == ROWS
    assert drifted(found) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["8123,50", "9000", "7,5"], [8123.5, 9000, 7.5]),
        (["1.234,50", "900", "1.000.000,00"], [1234.5, 900, 1_000_000]),
        (["1,234.50", "900", "1,000,000"], [1234.5, 900, 1_000_000]),
        (["1 234,50", "1 234 567,00", "12"], [1234.5, 1_234_567, 12]),
        (["1'234.50", "12’000.00"], [1234.5, 12_000]),
        (["$1,234.50", "$ 900"], [1234.5, 900]),
        (["1.234,50 €", "-900,00 €"], [1234.5, -900]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(
    values: list[str], expected: list[float]
) -> None:
    column = pd.DataFrame({"x": values * 20})
    assert as_numbers(column, decimal_signs(column))["x"].tolist() == expected * 20


@pytest.mark.parametrize("values", [["a", "b"], ["1", "2.5"], ["2026-05-02"], ["1,2,3"], ["F-150"]])
def test_what_is_no_number_stays_a_text(values: list[str]) -> None:
    assert decimal_signs(pd.DataFrame({"x": values * 20})) == {}


def test_dots_between_thousands_are_told_by_another_column() -> None:
    table = pd.DataFrame({"price": ["8123,50"] * 9, "miles": ["61.400"] * 8 + ["900"]})
    read = as_numbers(table, decimal_signs(table))

    assert read["miles"].tolist() == [61_400] * 8 + [900]
