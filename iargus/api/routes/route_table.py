"""The paths of the API as the metrics know them."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute
from starlette.routing import Route as PathRoute

from iargus.metrics import Route
from iargus.tasks.catalogue import Catalogue


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
