"""Whether a column names its rows instead of describing them. Pure.

Numbers that go on, UUIDs, digests and their kind are other ones in every file; a comparison can
only call them drifted. A price or a mileage may have a different value in every row too, so that
alone is no reason: a column has to be numbered more evenly than chance could make it, to be named
as an identifier, or to be made of tokens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.reading import numbers_of

_ENOUGH = 0.95
_DIFFERENT = 0.98
_LEAST_ROWS = 20
_REPEATS_EXPECTED = 10.0
_LONG_NUMBER = 10  # digits
_LOOKED_AT = 1000
_MANY = 100

_NAMED = re.compile(
    r"(?:^|[_\W])(?:id|ids|uid|uuid|guid|ulid|oid|pk|key|rowid|row|nr|no|num|number|nummer|numero|"
    r"serial|hash|sha\d*|md5|digest|token|vin|ref|reference)$|^(?:id|uuid|index|idx)$",
    re.IGNORECASE,
)
# Names of what is no quantity, also where rows share it, such as those of one customer.
_NAMED_STRICTLY = re.compile(
    r"(?:^|[_\W])(?:id|ids|uid|uuid|guid|ulid|oid|pk|hash|token|vin)$", re.IGNORECASE
)
_UUID = re.compile(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)
# Digests and numbers of vehicles have both digits and letters.
_HEX = re.compile(r"(?=.*\d)(?=.*[a-z])(?:0x)?[0-9a-f]{16,128}", re.IGNORECASE)
_VIN = re.compile(r"(?=.*\d)(?=.*[a-z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_\-:./#{}+=|]{4,}")
_AMOUNT = re.compile(r"[-+]?\W?\d[\d.,'_:/-]*\W?(?:[a-z]{1,5}\.?|%)?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")

IDENTIFIERS = "identifiers, other ones in every file"
NUMBERING = "numbers that tell rows apart, other ones in every file"


def reason_of_identifiers(name: str, column: pd.Series) -> str | None:
    """Why a column is one of identifiers; None where it is none."""
    values = column.dropna()
    if values.empty or pd.api.types.is_bool_dtype(values):
        return None
    if _is_shared_identifier(name, values):
        return IDENTIFIERS
    named = matches_name(_NAMED, name)
    if pd.api.types.is_numeric_dtype(values):
        return NUMBERING if _number_rows(values.to_numpy(dtype=np.float64), named=named) else None
    some = [str(value).strip() for value in values.iloc[:: max(1, len(values) // _LOOKED_AT)]]
    if all(text.isdigit() and len(text) < 18 for text in some):
        numbers = numbers_of(values).to_numpy()
        return NUMBERING if _number_rows(numbers, named=named) else None
    return IDENTIFIERS if _are_tokens(some, len(values), values.nunique(), named=named) else None


def goes_on(before: pd.Series, now: pd.Series) -> bool:
    """Whether two columns are parts of one sequence of whole numbers: each row has a higher one
    than the row before, or each a lower one, and the files do not overlap."""
    first, second = (_whole(column) for column in (before, now))
    if first is None or second is None or min(len(first), len(second)) < _LEAST_ROWS:
        return False
    for one, other in ((first, second), (-first, -second)):
        if (np.diff(one) > 0).all() and (np.diff(other) > 0).all():
            return bool(one[-1] < other[0] or other[-1] < one[0])
    return False


def _number_rows(values: NDArray[np.float64], *, named: bool) -> bool:
    whole = values[np.isfinite(values)]
    rows = len(whole)
    if rows < 2 or (whole != np.floor(whole)).any():
        return False
    different = len(np.unique(whole))
    repeats, span = rows - different, float(whole.max() - whole.min()) + 1
    # Rows drawn at random from a span would share values this often, or more often where some
    # values are likelier than others. Numbers that were given out one by one never do.
    expected = rows**2 / (2 * span)
    if different < _DIFFERENT * rows:
        return False
    if expected >= _REPEATS_EXPECTED and repeats < expected / 20:
        return True
    if rows < _LEAST_ROWS:
        return False
    if named:
        return True
    lengths = {len(str(int(abs(value)))) for value in whole[:1000]}
    return len(lengths) == 1 and lengths.pop() >= _LONG_NUMBER


def _are_tokens(some: Sequence[str], rows: int, different: int, *, named: bool) -> bool:
    def mostly(fits: Callable[[str], object]) -> bool:
        return sum(bool(fits(text)) for text in some) >= _ENOUGH * len(some)

    if any(mostly(form.fullmatch) for form in (_UUID, _HEX, _VIN)):
        return True
    if rows < _LEAST_ROWS or different < rows / 2:
        return False
    if mostly(_MAIL.fullmatch):
        return True
    if different < _DIFFERENT * rows or not mostly(_TOKEN.fullmatch):
        return False
    if named:
        return mostly(_DIGIT.search)
    if mostly(_AMOUNT.fullmatch):
        return False
    with_digits = sum(map(bool, map(_DIGIT.search, some))) / len(some)
    [(length, same_length)] = Counter(map(len, some)).most_common(1)
    if with_digits > 0.5 and length >= 8 and same_length >= _ENOUGH * len(some):
        return True
    # REQ-000123 and REQ-7 have one shape: what is constant, and a number.
    [(_, same_shape)] = Counter(re.sub(r"\d+", "9", text) for text in some).most_common(1)
    return with_digits >= _ENOUGH and same_shape >= _ENOUGH * len(some)


def _is_shared_identifier(name: str, values: pd.Series) -> bool:
    if not matches_name(_NAMED_STRICTLY, name):
        return False
    if pd.api.types.is_float_dtype(values) and (values != np.floor(values)).any():
        return False
    different = values.nunique()
    return different >= _MANY and different >= len(values) / 4


def _whole(column: pd.Series) -> NDArray[np.float64] | None:
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return None
    values = column.dropna().to_numpy(dtype=np.float64)
    finite = values[np.isfinite(values)]
    return None if (finite != np.floor(finite)).any() else finite


def matches_name(pattern: re.Pattern[str], name: str) -> bool:
    """Whether the name of a column says so, also in camel case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)  # requestId, as request_id
    return pattern.search(spaced) is not None
