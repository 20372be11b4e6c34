"""Where clients find this service: below a path that a proxy takes off before it asks, or at `/`.

What answers knows its own paths only. Whoever writes an address for a client, a link, a `Location`
or the servers of the description, takes it from here.
"""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

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
    """What to say where the proxy has not taken the path off.

    It is not taken off here: of `/cars/cars/metrics` a proxy and we would both take a part, and
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
            told = self._prefix_of(scope) if self._prefix_of is not None else None
            prefix = of_server or self._root_path if told is None else told
            if prefix:
                scope[_PREFIX] = prefix
        return self._app(scope, receive, send)
