"""Errors as bars against the limit: segments, two models, a file. Pure.

Across, places are percent of the width; down, pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.view.figures import interval, percent
from iargus.monitoring.view.report.scale import scale_of
from iargus.monitoring.view.report.text import fitted

ROW = 30.0
WIDE_EMS, NARROW_EMS = 14.0, 8.6  # of the names, as wide as the style leaves room for them


@dataclass(frozen=True)
class Item:
    """An error with its name and, where it is known, the interval of the true one."""

    name: str
    error: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class PlacedBar:
    y: float
    name: str
    short: str
    error: float
    low: float | None
    high: float | None
    over: bool
    value: str


@dataclass(frozen=True)
class BarChart:
    """`limit` is None where no threshold is known; `height` is that of the bars."""

    bars: list[PlacedBar]
    ticks: list[tuple[float, str]]
    limit: float | None
    limit_name: str
    height: float
    title: str
    description: str


def bar_chart(items: Sequence[Item], *, limit: float | None, title: str) -> BarChart | None:
    """None without items. A bar is `over` when its whole interval is above the limit, or, without
    an interval, its error."""
    if not items:
        return None
    limits = [] if limit is None else [limit]
    values = [value for item in items for value in (item.error, *(item.interval or ()))]
    scale = scale_of(values, limits=limits, zero=True)
    bars = [
        PlacedBar(
            y=place * ROW,
            name=fitted(item.name, WIDE_EMS),
            short=fitted(item.name, NARROW_EMS),
            error=100 * scale.place(item.error),
            low=None if item.interval is None else 100 * scale.place(item.interval[0]),
            high=None if item.interval is None else 100 * scale.place(item.interval[1]),
            over=limit is not None and (item.interval or (item.error,))[0] > limit,
            value=percent(item.error),
        )
        for place, item in enumerate(items)
    ]
    said = [
        f"{bar.name}: {bar.value}"
        + (f" ({interval(item.interval)})" if item.interval is not None else "")
        for bar, item in zip(bars, items, strict=True)
    ]
    return BarChart(
        bars=bars,
        ticks=[(100 * scale.place(value), name) for value, name in scale.ticks()],
        limit=None if limit is None else 100 * scale.place(limit),
        limit_name="" if limit is None else f"limit {percent(limit)}",
        height=ROW * len(bars),
        title=title,
        description="; ".join([*said, *([] if limit is None else [f"limit {percent(limit)}"])]),
    )
