"""A feature before and now, as pairs of bars. Pure.

Across, places are percent of the width; down, pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.monitoring.stats.drift.facts import Bar
from iargus.monitoring.view.figures import percent
from iargus.monitoring.view.report.text import fitted

MOST_BARS = 12
ROW = 30.0
_WIDE_EMS, _NARROW_EMS = 11.0, 9.4  # of the names, as wide as the style leaves room for them


@dataclass(frozen=True)
class Pair:
    """Widths are percent of the longest bar."""

    y: float
    name: str
    short: str
    before: float
    now: float
    value: str


@dataclass(frozen=True)
class PairChart:
    pairs: list[Pair]
    height: float
    title: str
    description: str
    more: int


def pair_chart(bars: Sequence[Bar], *, title: str) -> PairChart | None:
    """None where there is nothing to draw."""
    known = [(bar, _share(bar.reference), _share(bar.current)) for bar in bars[:MOST_BARS]]
    longest = max((max(before, now) for _, before, now in known), default=0.0)
    if longest <= 0:
        return None
    pairs = [
        Pair(
            y=place * ROW,
            name=fitted(bar.name, _WIDE_EMS),
            short=fitted(bar.name, _NARROW_EMS),
            before=100 * before / longest,
            now=100 * now / longest,
            value=f"{_bare(before)} → {percent(now)}",
        )
        for place, (bar, before, now) in enumerate(known)
    ]
    said = (
        f"{pair.name}: {percent(before)}, now {percent(now)}"
        for pair, (_, before, now) in zip(pairs, known, strict=True)
    )
    return PairChart(pairs, ROW * len(pairs), title, "; ".join(said), max(0, len(bars) - MOST_BARS))


def _share(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _bare(share: float) -> str:
    """A percentage whose sign is written once, behind the second one."""
    return percent(share).removesuffix(" %")
