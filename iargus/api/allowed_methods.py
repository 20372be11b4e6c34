"""The header `Allow` of an answer with 405 (RFC 9110 section 15.5.6)."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match
from starlette.routing import Route as PathRoute
from starlette.types import Scope


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
