"""Numbers and times as people read them. Pure."""

from __future__ import annotations

from datetime import datetime

from iargus.monitoring.period import Period
from iargus.monitoring.view.wording import percent as plain_percent

_LARGEST_SHARE = 100.0
_NO_BREAK = "\u00a0"
_MONTHS = "January February March April May June July August September October November December"
MONTHS = tuple(_MONTHS.split())


def percent(share: float | None) -> str:
    """`0.2413` as `24.1 %`; what is beyond all measure is only said to be."""
    if share is not None and abs(share) > _LARGEST_SHARE:
        return "over 10,000 %" if share > 0 else "below −10,000 %"
    return plain_percent(share)


def interval(bounds: tuple[float, float] | None) -> str:
    return "–" if bounds is None else f"{percent(bounds[0])} to {percent(bounds[1])}"


def points(share: float) -> str:
    """A difference of shares: `0.061` as `6.1 percentage points`."""
    return f"{share * 100:.1f} percentage points"


def tick(share: float, step: float) -> str:
    """A number of an axis, with as many decimals as its steps need."""
    digits = 0 if step >= 0.01 else 1 if step >= 0.001 else 2
    return f"{share * 100:,.{digits}f} %"


def count(rows: int) -> str:
    return f"{rows:,}"


def rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def p_value(p: float | None) -> str:
    """`p = 0.012`, which no line break tears apart."""
    number = bare_p(p)
    sign = "" if number.startswith("<") else f"={_NO_BREAK}"
    return "p unknown" if p is None else f"p{_NO_BREAK}{sign}{number}"


def bare_p(p: float | None) -> str:
    """`0.012`; never a zero, which no test has shown."""
    if p is None:
        return "–"
    return f"<{_NO_BREAK}0.001" if p < 0.001 else f"{p:.2g}"


def plain(value: float | None, digits: int = 2) -> str:
    if value is None:
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 1e6 else f"{value:.2g}"


def minute(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


def day(value: datetime) -> str:
    return f"{value:%Y-%m-%d}"


def month(period: Period) -> str:
    """`November 2026`."""
    return f"{MONTHS[period.month - 1]} {period.year}"


def version(number: str) -> str:
    return f"version {number}" if number else "the champion"
