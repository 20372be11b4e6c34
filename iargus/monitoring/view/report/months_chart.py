"""The picture of the months: where every part of it lies. Pure.

Across, places are percent of the width, so that one picture fits a phone and a wide screen with
text of the same size; down, they are pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.view.month_view import MonthView
from iargus.monitoring.view.report.months import Promotion, Slot, promotions_of
from iargus.monitoring.view.report.palette import tone
from iargus.monitoring.view.report.scale import Scale, scale_of

HEIGHT = 220.0
_APART = 15.0  # pixels between two lines of text


@dataclass(frozen=True)
class Mark:
    """The error of a month: a shape at (x, y), and its interval from `high` to `low`."""

    x: float
    y: float
    state: str
    tone: str
    low: float | None
    high: float | None
    beyond: bool


@dataclass(frozen=True)
class Line:
    """A straight line; a piece of the limit, or the left and right end of a gap."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Chart:
    ticks: list[tuple[float, str]]
    marks: list[Mark]
    limits: list[Line]
    gaps: list[Line]
    promotions: list[Promotion]
    error_label: float | None
    limit_label: float | None
    width: float


def chart_of(slots: Sequence[Slot]) -> Chart | None:
    """None when no month has an error."""
    months = [slot.month for slot in slots if slot.month is not None]
    values = [value for month in months for value in _values(month)]
    if not values:
        return None
    limits = [month.threshold for month in months if month.threshold is not None]
    scale = scale_of(values, limits=limits, zero=False)
    width = 100 / len(slots)
    marks = [
        _mark(slot.month, (place + 0.5) * width, scale)
        for place, slot in enumerate(slots)
        if slot.month is not None and slot.month.error is not None
    ]
    last = slots[-1].month
    error = None if last is None or last.error is None else _down(scale, last.error)
    limit = None if last is None or last.threshold is None else _down(scale, last.threshold)
    return Chart(
        ticks=[(_down(scale, value), name) for value, name in scale.ticks()],
        marks=marks,
        limits=_limits(slots, scale, width),
        gaps=[Line(i * width, 0, (i + 1) * width, HEIGHT) for i, s in enumerate(slots) if s.gap],
        promotions=promotions_of(slots),
        error_label=_spread(error, limit),
        limit_label=limit,
        width=width,
    )


def _values(month: MonthView) -> list[float]:
    return [] if month.error is None else [month.error, *(month.interval or ())]


def _down(scale: Scale, value: float) -> float:
    return HEIGHT * (1 - scale.place(value))


def _mark(month: MonthView, x: float, scale: Scale) -> Mark:
    error = month.error or 0.0
    low, high = month.interval or (None, None)
    return Mark(
        x=x,
        y=_down(scale, error),
        state=month.status or "",
        tone=tone(month.status),
        low=None if low is None else _down(scale, low),
        high=None if high is None else _down(scale, high),
        beyond=scale.beyond(error),
    )


def _limits(slots: Sequence[Slot], scale: Scale, width: float) -> list[Line]:
    """The limit as a line of steps; it holds on over months without a run."""
    lines: list[Line] = []
    current: float | None = None
    for place, slot in enumerate(slots):
        left, limit = place * width, slot.month.threshold if slot.month else None
        if limit is not None and limit != current:
            y = _down(scale, limit)
            if current is not None:
                lines.append(Line(left, _down(scale, current), left, y))
            lines.append(Line(left, y, left, y))
            current = limit
        if current is not None:
            last = lines[-1]
            lines[-1] = Line(last.x1, last.y1, left + width, last.y2)
    return lines


def _spread(label: float | None, other: float | None) -> float | None:
    """Where a label goes so that it does not cover the other."""
    if label is None or other is None or abs(label - other) >= _APART:
        return label
    return other - _APART if label <= other else other + _APART
