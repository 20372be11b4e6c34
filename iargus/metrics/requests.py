"""Requests by route, method, status and task, and how long they took; labels stay bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iargus.metrics.families import DURATION, REQUESTS
from iargus.metrics.series import Series

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
