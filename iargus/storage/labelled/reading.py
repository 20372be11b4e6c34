"""Columns of a table from the values that the database gives; no SQL here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def texts(values: Sequence[Any]) -> pd.Series[Any]:
    """The values as text, NaN for None."""
    return pd.Series(list(values), dtype="str")


def timestamps(values: Sequence[str]) -> NDArray[np.datetime64]:
    """Times from ISO 8601 text, in microseconds; NaT for one that is none, such as MySQL's
    `0000-00-00`, which older tables may hold."""
    try:
        return np.array(values, dtype="datetime64[us]")
    except ValueError:
        found = pd.to_datetime(pd.Series(values, dtype="str"), errors="coerce", format="ISO8601")
        return found.to_numpy(dtype="datetime64[us]")


def numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    """The values as numbers, NaN for None and for text that is no number: another program may
    have written it."""
    try:
        return np.array(values, np.float64)
    except ValueError:
        return np.array([_number(value) for value in values], np.float64)


def feature(values: list[Any]) -> pd.Series[Any]:
    """A feature from JSON: numbers, texts or truth values if all are, objects otherwise."""
    if not values:
        return pd.Series([], dtype="str")
    return pd.Series(values, dtype=object).infer_objects()


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
