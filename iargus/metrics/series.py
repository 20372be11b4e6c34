"""Series by family and labels: found once, then a place in memory."""

from __future__ import annotations

import threading
from bisect import bisect_left

from iargus.metrics.cells import Cells
from iargus.metrics.families import BUCKETS_S, Family

_SUM = len(BUCKETS_S) + 1


class Series:
    """Counts into `cells`, from any thread. The labels come in the order of the family's."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._places: dict[tuple[str, ...], int] = {}
        self._beginning = threading.Lock()

    def place(self, family: Family, *labels: str) -> int:
        """Where a series lies; it begins with 0 and exists from now on."""
        key = (family.name, *labels)
        place = self._places.get(key)
        if place is None:
            with self._beginning:
                place = self._places.get(key)
                if place is None:
                    place = self._places[key] = self._cells.append(key, family.width)
        return place

    def add(self, place: int, amount: float = 1.0) -> None:
        """Add to a counter."""
        with self._cells.lock:
            self._cells.values[place] += amount

    def set(self, place: int, value: float) -> None:
        """Set a gauge, or a counter that another part counts."""
        with self._cells.lock:
            self._cells.values[place] = value

    def answered(self, count: int, histogram: int, duration_s: float) -> None:
        """Count one request and its time: what every request costs."""
        bucket = histogram + bisect_left(BUCKETS_S, duration_s)
        cells = self._cells
        values = cells.values
        with cells.lock:
            values[count] += 1.0
            values[bucket] += 1.0
            values[histogram + _SUM] += duration_s

    def close(self) -> None:
        self._cells.close()
