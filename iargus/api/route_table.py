"""The routes as a table: the methods of a path for `Allow`, the paths for the metrics."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match
from starlette.routing import Route as PathRoute
from starlette.types import Scope

from iargus.metrics import Route
from iargus.tasks.catalogue import Catalogue


class AllowedMethods:
    """Looks at all routes of a path. Starlette names the methods of the first one that fits, and
    FastAPI makes a route of each method."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes = [route for route in routes if isinstance(route, PathRoute)]

    def of(self, scope: Scope) -> str:
        """The value of the header for this request."""
        found: set[str] = set()
        for route in self._routes:
            if route.matches(scope)[0] is not Match.NONE:
                found |= route.methods or set()
        return ", ".join(sorted(found))


def route_table(routes: Iterable[BaseRoute], catalogue: Catalogue) -> dict[str, Route]:
    """Each fixed path with its methods and its task; what a mount serves is not in it."""
    tasks: dict[str, str] = {}
    for task in catalogue:
        path = task.policy.path
        own = [path, f"{path}/batch", *(f"{read.prefix}{path}" for read in task.read_routes)]
        tasks |= dict.fromkeys(own, task.name)
    table: dict[str, Route] = {}
    for route in routes:
        if isinstance(route, PathRoute) and "{" not in route.path:
            status = getattr(route, "status_code", None) or 200
            known = table.get(route.path, Route({}))
            # Starlette adds HEAD by itself; that it may be asked needs no series of zeros.
            methods = dict.fromkeys((route.methods or set()) - {"HEAD"}, status)
            table[route.path] = Route({**known.methods, **methods}, tasks.get(route.path, ""))
    return table
