"""Columns of labelled rows, to the values that the database takes and back; no SQL here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.errors import DataError

MAX_KEY_CHARS = 64
MAX_SOURCE_CHARS = 64


def require_columns(rows: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise `DataError` where `rows` lacks a column."""
    absent = [name for name in names if name not in rows.columns]
    if absent:
        raise DataError(f"labelled rows lack the column {', '.join(absent)}")


def check_source(source: str) -> None:
    """Raise `DataError` when the column cannot hold it."""
    if not 0 < len(source) <= MAX_SOURCE_CHARS:
        raise DataError(f"a source has 1 to {MAX_SOURCE_CHARS} characters: {source[:80]!r}")


def texts(rows: pd.DataFrame, name: str, *, limit: int, optional: bool = False) -> list[Any]:
    """The column as str, None where a value is missing.

    The statement passes over rows that break a rule (`INSERT IGNORE`, so that adding needs the
    INSERT privilege alone), and MySQL then cuts what is too long; so all is checked here.
    """
    column = rows[name]
    missing = column.isna().to_numpy(dtype=bool)
    if not optional and missing.any():
        raise DataError(f"labelled row {int(missing.argmax()) + 1} lacks {name}")
    values = column.tolist()
    found = [None if gap else str(value) for value, gap in zip(values, missing, strict=True)]
    for position, value in enumerate(found):
        if value is not None and len(value) > limit:
            raise DataError(
                f"labelled row {position + 1}: {name} has {len(value)} characters; "
                f"its column holds {limit}"
            )
    return found


def numbers(rows: pd.DataFrame, name: str, *, optional: bool = False) -> list[Any]:
    """The column as float, None where a value is missing."""
    try:
        values = rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(f"labelled rows hold a {name} that is no number") from None
    missing = np.isnan(values)
    wrong = np.isinf(values) if optional else missing | np.isinf(values)
    if wrong.any():
        raise DataError(f"labelled row {int(wrong.argmax()) + 1} has no {name} that is a number")
    plain: list[Any] = values.tolist()
    if missing.any():
        return [None if gap else value for value, gap in zip(plain, missing, strict=True)]
    return plain


def timestamps(rows: pd.DataFrame, name: str) -> list[Any]:
    """The column as text in whole seconds, in the form in which SQLAlchemy keeps times in SQLite
    (they are compared as text there), which MySQL reads too."""
    column = rows[name]
    if column.isna().any():
        raise DataError(f"labelled row {int(column.isna().to_numpy().argmax()) + 1} lacks {name}")
    stamps = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    seconds = stamps.to_numpy(dtype="datetime64[s]").astype("datetime64[us]")
    return [text.replace("T", " ") for text in np.datetime_as_string(seconds, unit="us").tolist()]


def keys(rows: pd.DataFrame) -> list[Any]:
    """The column `row_key`, or None for every row where there is no such column."""
    if "row_key" not in rows.columns:
        return [None] * len(rows)
    return texts(rows, "row_key", limit=MAX_KEY_CHARS, optional=True)


def read_texts(values: Sequence[Any]) -> pd.Series[Any]:
    """The values as text, NaN for None."""
    return pd.Series(list(values), dtype="str")


def read_timestamps(values: Sequence[str]) -> NDArray[np.datetime64]:
    """Times from ISO 8601 text, in microseconds; NaT for one that is none, such as MySQL's
    `0000-00-00`, which older tables may hold."""
    try:
        return np.array(values, dtype="datetime64[us]")
    except ValueError:
        found = pd.to_datetime(pd.Series(values, dtype="str"), errors="coerce", format="ISO8601")
        return found.to_numpy(dtype="datetime64[us]")


def read_numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    """The values as numbers, NaN for None and for text that is no number: another program may
    have written it."""
    try:
        return np.array(values, np.float64)
    except ValueError:
        return np.array([_number(value) for value in values], np.float64)


def read_feature(values: list[Any]) -> pd.Series[Any]:
    """A feature from JSON: numbers, texts or truth values if all are, objects otherwise."""
    if not values:
        return pd.Series([], dtype="str")
    return pd.Series(values, dtype=object).infer_objects()


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
