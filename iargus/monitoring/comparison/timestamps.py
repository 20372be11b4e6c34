"""Whether a column holds days or times, whatever form they are written in. Pure.

They change always, so a comparison of two months can only call them drifted. Nothing is read
here, so that it does not matter whether 05/06 is May or June; a column is one of times when nearly
all of its values could be nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.comparison.identifiers import matches_name

_ENOUGH = 0.95  # of the values; placeholders such as "unknown" are among dates too
_LOOKED_AT = 1000

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20|21)\d\d"
# English, French, German, Spanish, Italian, Portuguese and Dutch, without accents.
_MONTH_NAME = (
    r"(?:jan|feb|fev|mar|maerz|apr|abr|avr|may|mai|mag|mei|maj|jun|juin|giu|jul|juil|lug|aug|aou|ago|"
    r"sep|set|oct|okt|out|ott|nov|dec|dez|dic|ene|gen|mrt|mrz)[a-z]*\.?"
)
_WEEKDAY = (
    r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|die|mit|don|fre|son|"
    r"mie|jue|vie|sab|dom|gio|seg|ter|qua|qui|sex|maa|din|woe|vri|zat|zon|mo|di|do|fr|sa|so)"
    r"[a-z-]*\.?,?\s+"
)
_CLOCK = r"\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?"
_ZONE = r"(?:z|[a-z]{2,5}|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)?(?:\s*[(\[][a-z /_]+[)\]])?"
_TIME = rf"(?:[t\s,]+(?:at\s+|a\s+|um\s+)?{_CLOCK}\s*{_ZONE})?"

_DATES = (
    rf"{_YEAR}(?P<s1>[-/. ]){_MONTH}(?P=s1){_DAY}\.?",
    rf"{_DAY}(?P<s2>[-/. ]){_MONTH}(?P=s2){_YEAR}",
    rf"{_MONTH}(?P<s3>[-/. ]){_DAY}(?P=s3){_YEAR}",
    rf"{_DAY}(?P<s4>[-/]){_MONTH}(?P=s4)\d\d",
    rf"{_MONTH}(?P<s5>[-/]){_DAY}(?P=s5)\d\d",
    rf"\d\d(?P<s6>[-/]){_MONTH}(?P=s6){_DAY}",
    r"(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d",
    rf"{_DAY}(?:st|nd|rd|th|er|\.)?[\s/-]*(?:of\s+|de\s+)?{_MONTH_NAME}[\s/,-]*(?:of\s+|de\s+)?(?:{_YEAR}|'?\d\d)?",
    rf"{_MONTH_NAME}[\s/-]*{_DAY}(?:st|nd|rd|th)?(?:[\s,/-]+{_YEAR}|,\s*'?\d\d)?",
    rf"{_YEAR}[\s/-]*{_MONTH_NAME}[\s/-]*{_DAY}",
    rf"{_MONTH_NAME}[\s/.,-]*{_YEAR}",
    rf"{_YEAR}[\s/-]*{_MONTH_NAME}",
    rf"{_YEAR}[-/]{_MONTH}",
    rf"{_MONTH}[-/]{_YEAR}",
    rf"{_YEAR}-?w(?:0[1-9]|[1-4]\d|5[0-3])(?:-?[1-7])?",
    rf"{_YEAR}[\s-]*q[1-4]|q[1-4][\s/-]*{_YEAR}",
    rf"{_YEAR}年{_MONTH}月(?:{_DAY}日)?",
    rf"{_YEAR}-(?:[0-2]\d\d|3[0-5]\d|36[0-6])",
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:t?\d{{4}}(?:\d\d)?(?:\.\d+)?z?)?",
)
# What the C library and browsers print: Mon Feb 02 10:15:00 PST 2026, Mon Feb 02 2026 10:15:00 …
_PRINTED = rf"{_MONTH_NAME}\s+{_DAY}\s+{_CLOCK}\s*(?:{_ZONE}\s+)?{_YEAR}"
_LOG = rf"\[?{_DAY}/{_MONTH_NAME}/{_YEAR}:\d\d:\d\d:\d\d(?:\s+[+-]\d{{4}})?\]?"
_WRITTEN = re.compile(
    rf"(?:{_CLOCK}\s*{_ZONE}[\s,]+)?(?:{_WEEKDAY})?(?:(?:{'|'.join(_DATES)}){_TIME}|{_PRINTED})|{_LOG}",
    re.IGNORECASE,
)
# Only where the name says so: 17/06 could be a fraction.
_WRITTEN_SHORT = re.compile(rf"{_DAY}[-/.]{_MONTH}\.?|{_MONTH}[-/]{_DAY}", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:^|[_\W])(?:date|day|month|period|time|datetime|timestamp|ts|epoch|datum|tag|jour|fecha|data|created|"
    r"updated|modified|when)(?:$|[_\W])|(?:date|time|_at|_on)$",
    re.IGNORECASE,
)
_ACCENTS = str.maketrans("éèêëûüúôóöçáàâäíî", "eeeeuuuooocaaaaii")


def holds_times(name: str, column: pd.Series) -> bool:
    """Whether the values of a column are days or times: as dates, texts or numbers."""
    values = column.dropna()
    if values.empty or pd.api.types.is_bool_dtype(values):
        return False
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    named = matches_name(_NAMED, name)
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64)
        return _are_numbers_of_times(numbers[np.isfinite(numbers)], named=named)
    # Of all the values, not only of those at the head.
    places = np.linspace(0, len(values) - 1, min(len(values), _LOOKED_AT)).astype(int)
    some = values.iloc[places].tolist()
    if all(isinstance(value, (date, datetime)) for value in some):
        return True
    texts = [str(value).strip().casefold().translate(_ACCENTS) for value in some]
    digits = [text for text in texts if text.isdigit()]
    if len(digits) >= _ENOUGH * len(texts):  # numbers that are written as texts
        return _are_numbers_of_times(np.array([float(each) for each in digits]), named=named)
    return _share(texts, _WRITTEN.fullmatch) >= _ENOUGH or (
        named and _share(texts, _WRITTEN_SHORT.fullmatch) >= _ENOUGH
    )


def _are_numbers_of_times(values: NDArray[np.float64], *, named: bool) -> bool:
    # Zero and -1 stand for "none" among times.
    values = values[~np.isin(values, (0.0, -1.0))]
    if not len(values):
        return False
    return (
        _are_epochs(values, named=named)
        or _are_dates_in_digits(values, named=named)
        or (named and _inside(values, 36_526, 55_153))  # a spreadsheet's days, 2000 to 2050
    )


def _are_epochs(values: NDArray[np.float64], *, named: bool) -> bool:
    """Seconds since 1970, or thousandths, millionths, billionths of them, from 2000 to 2036."""
    return len(values) >= (1 if named else 10) and any(
        _inside(values, 946_684_800 * unit, 2_082_758_400 * unit) for unit in (1, 1e3, 1e6, 1e9)
    )


def _are_dates_in_digits(values: NDArray[np.float64], *, named: bool) -> bool:
    """20260617, 17062026, 202606 and their kind. Of other numbers with as many digits 1 in 28 is
    one at most, so a few different ones prove it."""
    if (values != np.floor(values)).any() or (values < 0).any() or values.max() >= 1e15:
        return False
    different = len(np.unique(values))
    whole = values.astype(np.int64)
    forms: tuple[tuple[Callable[[NDArray[np.int64]], NDArray[np.bool_]], int], ...] = (
        (lambda v: _is_day(v // 10_000, v // 100 % 100, v % 100), 2),
        (lambda v: _is_day(v // 10**10, v // 10**8 % 100, v // 10**6 % 100), 2),
        (lambda v: _is_day(v // 10**8, v // 10**6 % 100, v // 10**4 % 100), 2),
        (lambda v: _is_day(v % 10_000, v // 10_000 % 100, v // 1_000_000), 3),
        (lambda v: _is_day(v % 10_000, v // 1_000_000, v // 10_000 % 100), 3),
        (lambda v: _is_day(v // 100, v % 100, np.ones_like(v)), 12),
        (lambda v: (v >= 100_000) & _is_day(v // 10_000 + 2000, v // 100 % 100, v % 100), 12),
    )
    return any(
        (different >= needed or (named and different >= 1)) and form(whole).mean() >= _ENOUGH
        for form, needed in forms
    )


def _is_day(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.bool_]:
    valid = (year >= 1950) & (year <= 2100) & (month >= 1) & (month <= 12)
    return np.asarray(valid & (day >= 1) & (day <= 31))


def _inside(values: NDArray[np.float64], low: float, high: float) -> bool:
    return bool(((values >= low) & (values < high)).mean() >= _ENOUGH)


def _share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(text)) for text in texts) / len(texts) if texts else 0.0
