"""The scheme and the path under which clients find this service behind a proxy.

Routes know their own paths only. What writes an address for a client, such as a link, a `Location`
or the servers of the OpenAPI description, takes the prefix from here.
"""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit, urlunsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iargus.api.client_address import ClientAddresses

# Where a request's scope holds the path, without a slash at its end; empty at the root.
_PREFIX = "iargus.prefix"


def prefix_of(scope: Scope) -> str:
    """The path below which the client of this request finds the service; empty at the root."""
    prefix: str = scope.get(_PREFIX, "")
    return prefix


def public_path(scope: Scope, path: str) -> str:
    """The path under which a client reaches what is here at `path`."""
    return f"{prefix_of(scope)}{path}"


def left_on(scope: Scope) -> str | None:
    """What is wrong where the proxy has not stripped the path.

    It is not stripped here: of `/cars/cars/metrics` the proxy and we would both strip a part, and
    what the proxy refuses under `/cars/metrics` would be open.
    """
    prefix = prefix_of(scope)
    if prefix and scope["path"].startswith(f"{prefix}/"):
        return f"the proxy must take {prefix} (server.root_path) off the path before it asks"
    return None


class PublicPrefix:
    """ASGI middleware that finds the path out: a trusted proxy says it in `X-Forwarded-Prefix`, or
    the setting does, or the server under which we run (`root_path` of ASGI)."""

    def __init__(self, app: ASGIApp, *, root_path: str, addresses: ClientAddresses) -> None:
        self._app = app
        self._root_path = root_path
        self._prefix_of = addresses.prefix if addresses.trust_networks else None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on at once: this is no coroutine of its own, which would cost more than its work."""
        if scope["type"] == "http":
            of_server = scope.get("root_path", "").rstrip("/")
            if of_server:
                # A path of ASGI begins with it; those of our routes do not.
                scope["root_path"] = ""
                if f"{scope['path']}/".startswith(f"{of_server}/"):
                    scope["path"] = scope["path"][len(of_server) :] or "/"
            forwarded = self._prefix_of(scope) if self._prefix_of is not None else None
            prefix = of_server or self._root_path if forwarded is None else forwarded
            if prefix:
                scope[_PREFIX] = prefix
        return self._app(scope, receive, send)


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


class ForwardedScheme:
    """Writes the scheme into the scope that a trusted proxy names."""

    def __init__(self, app: ASGIApp, *, addresses: ClientAddresses) -> None:
        self._app = app
        self._addresses = addresses

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on at once: this is no coroutine of its own, which would cost more than its work."""
        if scope["type"] == "http":
            scope["scheme"] = self._addresses.scheme(scope)
        return self._app(scope, receive, send)
