"""The error of each month as one line of text: a dot, its interval and the limit. Pure.

──●──  │        the interval lies below the limit
  ──●──│─       it does not
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iargus.cli.monitor.screen import Signs

_MOST_LIMITS = 2.5  # times the limit; one wild month must not squash all others


@dataclass(frozen=True)
class Point:
    """The error of a month, a share of one, where the true one lies, and the limit."""

    error: float
    limit: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Scale:
    """From the left edge to the right edge, shares of one."""

    low: float
    high: float

    @classmethod
    def of(cls, points: Sequence[Point]) -> Scale:
        """Holds all points, as whole percents."""
        ends = [end for point in points for end in (*(point.interval or ()), point.error)]
        limits = [point.limit for point in points]
        low, high = min([*ends, *limits]), max([*ends, *limits])
        high = max(min(high, _MOST_LIMITS * max(limits)), low)
        # A tick inwards, as 0.22 * 100 is a little more than 22.
        return cls(int(low * 100 + 1e-9) / 100, -int(-high * 100 - 1 + 1e-9) / 100)

    def head(self, width: int) -> str:
        """`15 %     22 %`, the ends over the edges."""
        low, high = (f"{end * 100:.0f} %" for end in (self.low, self.high))
        return low + high.rjust(width - len(low))


def draw(point: Point, scale: Scale, width: int, signs: Signs) -> str:
    """`width` characters."""
    cells = [" "] * width
    if point.interval is not None:
        first, last = (_place(end, scale, width) for end in point.interval)
        cells[first : last + 1] = signs.interval * (last + 1 - first)
    cells[_place(point.limit, scale, width)] = signs.limit
    beyond = point.error > scale.high
    cells[_place(point.error, scale, width)] = signs.beyond if beyond else signs.error
    return "".join(cells)


def _place(value: float, scale: Scale, width: int) -> int:
    span = scale.high - scale.low
    share = (value - scale.low) / span if span > 0 else 0.5
    return min(max(round(share * (width - 1)), 0), width - 1)
