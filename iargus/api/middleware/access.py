"""Who may come in at all: lists of networks for each part of the service.

This is a layer and not part of the gate, since it must refuse before a byte of the body is read,
and also where there is no route or no gate: pages, metrics, paths that do not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import lru_cache
from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.api.client_address import ClientAddresses, Networks
from iargus.api.problems import from_error
from iargus.errors import AddressNotAllowed
from iargus.settings.http import AccessPolicy, Places

Area = Literal["health", "metrics", "pages", "administration", "api"]

_EXACT: dict[str, Area] = {
    "/live": "health",
    "/ready": "health",
    "/metrics": "metrics",
    "/": "pages",
    "/docs": "pages",
    "/openapi.json": "pages",
    "/admin": "administration",
}
_BELOW: dict[str, Area] = {
    "/docs/": "pages",
    "/admin/": "administration",
    "/metrics/": "metrics",
}


def area_of(path: str) -> Area:
    """The part of the service that a path belongs to; what no other claims is the API."""
    exact = _EXACT.get(path)
    if exact is not None:
        return exact
    return next((area for prefix, area in _BELOW.items() if path.startswith(prefix)), "api")


def networks_of(policy: AccessPolicy) -> dict[Area, Places]:
    """The networks that may use each part of the service; a part that is not listed is open."""
    lists: dict[Area, Places | None] = {
        "api": policy.api,
        "pages": policy.pages,
        "administration": policy.administration,
        "metrics": policy.metrics,
    }
    return {area: places for area, places in lists.items() if places is not None}


class AllowLists:
    """Answers 403 to an address that is on no list. Health checks are open to all: a load balancer
    asks from addresses that are not known beforehand."""

    def __init__(self, app: ASGIApp, *, policy: AccessPolicy, addresses: ClientAddresses) -> None:
        self._app = app
        self._addresses = addresses
        self._lists = {area: Networks(places) for area, places in networks_of(policy).items()}
        self._holds = lru_cache(4096)(lambda area, address: self._lists[area].holds(address))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on, or refuse."""
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)
        area = area_of(scope["path"])
        if area not in self._lists or self._holds(area, self._addresses.of(scope)):
            return self._app(scope, receive, send)
        refused = AddressNotAllowed("this address may not use this part of the service")
        return from_error(refused)(scope, receive, send)
