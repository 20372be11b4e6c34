"""Missing values are found without pandas, as pandas finds them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iargus.tasks.car_price.canonical import is_missing

VALUES: list[Any] = [
    None,
    float("nan"),
    np.float32("nan"),
    np.datetime64("NaT"),
    pd.NaT,
    pd.NA,
    Decimal("NaN"),
    "",
    "nan",
    0,
    0.0,
    float("inf"),
    True,
    500,
    np.int64(3),
    date(2026, 1, 1),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__} {value}")
def test_what_pandas_calls_missing_is_missing(value: Any) -> None:
    assert is_missing(value) is bool(pd.isna(value))
