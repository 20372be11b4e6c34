"""The scheme that the client used, for links and redirects behind a proxy that ends TLS."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.api.client_address import ClientAddresses


class ForwardedScheme:
    """Writes the scheme into the scope where a trusted proxy tells it."""

    def __init__(self, app: ASGIApp, *, addresses: ClientAddresses) -> None:
        self._app = app
        self._addresses = addresses

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on at once: this is no coroutine of its own, which would cost more than its work."""
        if scope["type"] == "http":
            scope["scheme"] = self._addresses.scheme(scope)
        return self._app(scope, receive, send)
