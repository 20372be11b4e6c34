"""Columns of texts that are numbers as people write them: `1.234,50 €`, `12'000`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from iargus.tables.values.number_columns import NumberColumn, decide
from iargus.tables.values.numbers import NumberInvalid, split_number

_PLAIN = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")  # as programs write them
_LEAST = 0.95  # of the values; the others are faults, and told as such
_NO_EXPONENT = r"[eE](?![-+−]?\d)"


def decimal_signs(sample: pd.DataFrame) -> dict[str, str]:
    """The decimal sign of each column of numbers that pandas would not read, or read wrongly."""
    values = {str(name): list(map(str, sample[name].dropna().unique())) for name in sample.columns}
    odd = [
        name
        for name, texts in values.items()
        if any(map(str.isdigit, next((t for t in texts if not _PLAIN.fullmatch(t)), "")))
    ]
    columns = {name: column for name in odd if (column := _numbers(name, values[name]))}
    if any(column.shown[","] for column in columns.values()):
        # 61.400 beside 8123,50: nobody writes both signs for decimals in one file.
        rest = [name for name in values if name not in odd and values[name]]
        columns |= {name: column for name in rest if (column := _numbers(name, values[name]))}
    found: dict[str, str] = {}
    for name, column in columns.items():
        sign = decide(column, others=[each for each in columns.values() if each is not column]).sign
        if sign is None and not (column.shown or column.doubtful):
            sign = "."  # whole numbers
        if sign == "," or (sign is not None and name in odd):
            found[name] = sign
    return found


def as_numbers(frame: pd.DataFrame, signs: Mapping[str, str]) -> pd.DataFrame:
    """The columns of `signs` as numbers; what is none stays as it is, to be seen."""
    for name in frame.columns:
        if str(name) in signs and not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = _converted(frame[name], signs[str(name)])
    return frame


def _numbers(name: str, texts: Sequence[str]) -> NumberColumn | None:
    """What nearly all values of a column are: numbers without a unit, which may be percentages."""
    column, count = NumberColumn(name), 0
    for text in texts:
        plain = text.rstrip("% ")
        try:
            written = split_number(plain)
        except NumberInvalid:
            continue
        if written.unit is None and written.factor == 1.0:
            column.look(plain)
            count += 1
    return column if count >= _LEAST * len(texts) else None


def _converted(column: pd.Series, sign: str) -> pd.Series:
    text = column.astype("str").str.replace(rf"[^\d{sign}eE+\-−]|{_NO_EXPONENT}", "", regex=True)
    text = text.str.replace("−", "-").str.replace(",", ".")
    numbers = pd.to_numeric(text.where(column.notna()), errors="coerce").astype("float64")
    lost = numbers.isna() & column.notna()
    if not lost.any():
        return numbers
    mixed = numbers.astype(object)
    mixed[lost] = column[lost]
    return mixed
