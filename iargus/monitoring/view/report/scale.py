"""An axis of shares: its ends, its ticks, and where a value lies on it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from iargus.monitoring.view.figures import tick

_TICKS = 6
_BEYOND = 4.0  # times the usual value: what is larger would flatten all others


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """Where a value lies, from 0 to 1; what is beyond the ends lies on them."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def beyond(self, value: float) -> bool:
        return value > self.high

    def ticks(self) -> list[tuple[float, str]]:
        """Values on the axis with their names."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [
            (place * self.step, tick(place * self.step, self.step))
            for place in range(first, last + 1)
        ]


def scale_of(values: Sequence[float], *, limits: Sequence[float] = (), zero: bool) -> Scale:
    """A scale on which all `values` and `limits` lie, apart from values out of all proportion.

    Args:
        zero: bars must begin at zero; dots need not, and are told apart better without it.
    """
    if not values and not limits:
        return Scale(0.0, 1.0, 0.2)
    usual = max([*limits, median(values) if values else 0.0])
    high = max([*limits, *(min(value, _BEYOND * usual) for value in values)])
    low = max(0.0, min([*limits, *values]))
    if zero or low < 0.35 * high:
        low = 0.0
    high = high if high > low else low + max(0.1 * low, 0.01)
    margin = 0.08 * (high - low)
    low = max(0.0, low - margin) if low else 0.0
    high += margin
    return Scale(low, high, _step((high - low) / _TICKS))


def _step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1, 2, 5):
        if factor * power >= least:
            return factor * power
    return 10 * power
