"""Series by family and labels, found once and then a place in memory; requests among them."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from iargus.metrics.cells import Cells
from iargus.metrics.families import BUCKETS_S, DURATION, REQUESTS, Family

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


DISCONNECTED = "disconnected"
_UNKNOWN, _OTHER = "unknown", "other"
_METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
)


@dataclass(frozen=True)
class Route:
    """A path of the API: its methods with the status when all is well, and the task it asks."""

    methods: Mapping[str, int]
    task: str = ""


class Requests:
    """Counts what was answered. A path that is not in `routes` is the route `unknown`."""

    def __init__(self, series: Series, routes: Mapping[str, Route]) -> None:
        self._series = series
        self._routes = routes
        self._places: dict[tuple[str, str, int | str], tuple[int, int]] = {}
        for path, route in routes.items():
            for method, status in route.methods.items():
                # There before they happen: an alert on a share of errors needs both to exist.
                for each in (status, 500, 503):
                    self._find(path, method, each)

    def answered(self, path: str, method: str, status: int | str, duration_s: float) -> None:
        """See `Metrics.answered`."""
        try:
            count, histogram = self._places[path, method, status]
        except KeyError:
            count, histogram = self._find(path, method, status)
        self._series.answered(count, histogram, duration_s)

    def _find(self, path: str, method: str, status: int | str) -> tuple[int, int]:
        known = self._routes.get(path)
        route, task = (path, known.task) if known is not None else (_UNKNOWN, "")
        verb = method if method in _METHODS else _OTHER
        places = (
            self._series.place(REQUESTS, route, verb, str(status), task),
            self._series.place(DURATION, route),
        )
        # Only what is known is remembered: clients may make up paths for ever.
        if known is not None and verb == method:
            self._places[path, method, status] = places
        return places
