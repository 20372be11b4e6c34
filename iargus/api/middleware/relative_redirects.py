"""Redirects that stay on this server, whatever the request calls it, and below its path.

The framework redirects a path with a slash too many, and begins the new address with the request's
`Host`: whoever can have that cached for others would send their requests, and tokens, elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit, urlunsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iargus.api.public_path import prefix_of


class RelativeRedirects:
    """Leaves of `Location` the path and the query (RFC 9110 section 10.2.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on with a `send` that shortens the address."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        def shortened(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start" and message["status"] // 100 == 3:
                prefix = prefix_of(scope).encode()
                message["headers"] = [
                    (name, prefix + _without_host(value) if name == b"location" else value)
                    for name, value in message["headers"]
                ]
            return send(message)

        return self._app(scope, receive, shortened)


def _without_host(location: bytes) -> bytes:
    found = urlsplit(location.decode("latin-1"))
    # Two slashes at the beginning would name a host.
    path = "/" + found.path.lstrip("/\\")
    return urlunsplit(("", "", path, found.query, "")).encode("latin-1")
