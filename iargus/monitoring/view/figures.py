"""Numbers and times as people read them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from iargus.monitoring.period import Period
from iargus.monitoring.stats.drift.compare import ChangeType
from iargus.text import counted, printable

METRICS = {"mape": "mean absolute percentage error", "error_rate": "share of wrong answers"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_LARGEST_SHARE = 100.0
_LEAST_P = 1e-4  # smaller ones differ in digits that mean nothing


def percent(share: float | None) -> str:
    """`0.2413` as `24.1 %`; a dash where there is no number, and what is beyond all measure is only
    said to be."""
    if share is None:
        return "–"
    if abs(share) > _LARGEST_SHARE:
        return "over 10,000 %" if share > 0 else "below −10,000 %"
    return f"{share * 100:.1f} %"


def interval(bounds: tuple[float, float] | None) -> str:
    """`18.0 % to 22.1 %`."""
    return "–" if bounds is None else f"{percent(bounds[0])} to {percent(bounds[1])}"


def tick(share: float, step: float) -> str:
    """A number of an axis, with as many decimals as its steps need."""
    digits = 0 if step >= 0.01 else 1 if step >= 0.001 else 2
    return f"{share * 100:,.{digits}f} %"


def count(number: int) -> str:
    return f"{number:,}"


def rows(number: int) -> str:
    return counted(number, "row")


def p_value(p: float) -> str:
    """`p = 0.032`; never a zero, which no test has shown."""
    return f"p < {_LEAST_P:.4f}" if p < _LEAST_P else f"p = {p:.2g}"


def effect(what: ChangeType, amount: float, deviation: str = "standard deviations") -> str:
    """The size of a change, in the unit of what was compared."""
    if what in (ChangeType.DISTRIBUTION, ChangeType.LENGTH):
        shown = f"{amount:.2f}" if abs(amount) < 1e6 else f"{amount:.2g}"
        return f"{shown} {deviation}"
    return f"{percent(amount)} of the {'texts' if what is ChangeType.WORDS else 'rows'}"


def minute(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def day(value: datetime) -> str:
    return f"{value:%Y-%m-%d}"


def month(period: Period) -> str:
    """`November 2026`."""
    return f"{MONTHS[period.month - 1]} {period.year}"


def months(periods: Sequence[Period]) -> str:
    """`2026-02, 2026-03`."""
    if len(periods) <= 3:
        return ", ".join(map(str, periods))
    return f"{len(periods)} months from {periods[0]} to {periods[-1]}"


def version(number: str | None) -> str:
    return f"version {printable(number, 32)}" if number else "the champion"


def measure(metric: str) -> str:
    return METRICS.get(metric, printable(metric, 40))
