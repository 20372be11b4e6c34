"""Columns of texts that are numbers as people write them: `1.234,50 €`, `12'000`. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from iargus.tables.values.number_columns import NumberColumn, decide
from iargus.tables.values.numbers import MAX_CHARS, NumberInvalid, split_number

_PLAIN = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")  # as programs write them
_LEAST = 0.95  # of the values; the others are faults, and are reported as such
_LONGEST = MAX_CHARS + 1
_ONES = str.maketrans("23456789", "11111111")


def decimal_signs(sample: pd.DataFrame) -> dict[str, str]:
    """The decimal sign of each column of numbers that pandas would not read, or read wrongly."""
    shapes = {str(name): _shapes_of(sample[name]) for name in sample.columns}
    odd = [
        name
        for name, found in shapes.items()
        if any(map(str.isdigit, next((each for each in found if not _PLAIN.fullmatch(each)), "")))
    ]
    columns = {name: column for name in odd if (column := _numbers(name, shapes[name]))}
    if any(column.shown[","] for column in columns.values()):
        # 61.400 beside 8123,50: nobody writes both signs for decimals in one file.
        rest = [name for name in shapes if name not in odd and shapes[name]]
        columns |= {name: column for name in rest if (column := _numbers(name, shapes[name]))}
    signs: dict[str, str] = {}
    for name, column in columns.items():
        sign = decide(column, others=[each for each in columns.values() if each is not column]).sign
        if sign is None and not (column.shown or column.doubtful):
            sign = "."  # whole numbers
        if sign == "," or (sign is not None and name in odd):
            signs[name] = sign
    return signs


def as_numbers(frame: pd.DataFrame, signs: Mapping[str, str]) -> pd.DataFrame:
    """The columns of `signs` as numbers; what is none stays as it is, to be seen."""
    for name in frame.columns:
        if str(name) in signs and not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = _converted(frame[name], signs[str(name)])
    return frame


def _shapes_of(column: pd.Series) -> Counter[str]:
    """How many values have which shape: thousands of numbers have a few dozen, and all that counts
    about a digit is whether it is a zero."""
    return Counter(str(value)[:_LONGEST].translate(_ONES) for value in column.dropna().unique())


def _numbers(name: str, shapes: Counter[str]) -> NumberColumn | None:
    """What nearly all values of a column are: numbers without a unit, which may be percentages."""
    column, numbers = NumberColumn(name), 0
    for shape, count in shapes.items():
        plain = shape.rstrip("% ")
        try:
            written = split_number(plain)
        except NumberInvalid:
            continue
        if written.unit is None and written.factor == 1.0:
            column.look(plain, count)
            numbers += count
    return column if numbers >= _LEAST * shapes.total() else None


def _converted(column: pd.Series, sign: str) -> pd.Series:
    text = column.astype("str").str.replace(rf"[^\d{sign}eE+\-−]", "", regex=True)
    # An E is one of a power of ten, or what is left of EUR.
    text = text.str.strip("eE").str.replace("−", "-").str.replace(",", ".")
    numbers = pd.to_numeric(text.where(column.notna()), errors="coerce").astype("float64")
    lost = numbers.isna() & column.notna()
    if not lost.any():
        return numbers
    mixed = numbers.astype(object)
    mixed[lost] = column[lost]
    return mixed
