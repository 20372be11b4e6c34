"""The client's address: that of the connection, or what a trusted proxy says about it.

Nothing that a client writes counts. Only where the connection comes from a network that
`proxies.trusted` names is a header read, and of that only the part that trusted proxies wrote.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from starlette.types import Scope

from iargus.settings.http import UNIX, ProxyPolicy, read_root_path

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([0-9.]+):\d{1,5}")


def read_address(text: str) -> str | None:
    """The address in its usual form, without port, brackets and zone; None where it is none.

    An IPv4 address that came mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address: it is
    the same host, and would otherwise slip past every list that names it.
    """
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


class Networks:
    """Networks, and `unix` for clients of a Unix socket."""

    def __init__(self, places: Iterable[str]) -> None:
        self._others = frozenset(place for place in places if place == UNIX)
        self._networks = [ipaddress.ip_network(place) for place in places if place != UNIX]

    def __bool__(self) -> bool:
        return bool(self._others or self._networks)

    def holds(self, address: str) -> bool:
        """Whether an address, as `read_address` gives it, is in one of them."""
        if address in self._others:
            return True
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


UNKNOWN = "unknown"
MAX_HOPS = 50
# A longer header is read each time: what clients may make long must not fill the memory.
MAX_CACHED_BYTES = 256
_CACHED = 4096
_FORWARDED_FOR = b"x-forwarded-for"
_FORWARDED_PROTO = b"x-forwarded-proto"
_FORWARDED_PREFIX = b"x-forwarded-prefix"


def client_behind(proxy: str, forwarded_for: str, trusted: Networks) -> str:
    """Walk `X-Forwarded-For` from the right: each proxy appends whom it was asked by.

    The first address that is no trusted proxy is the client. What is left of it the client may
    have written, and is not read. A hop that is no address, or one beyond `MAX_HOPS`, leaves the
    last trusted proxy as the one who is known to ask.
    """
    client = proxy
    for hop in reversed(forwarded_for.rsplit(",", MAX_HOPS)[-MAX_HOPS:]):
        address = read_address(hop)
        if address is None:
            return client
        client = address
        if not trusted.holds(address):
            return client
    return client


class ClientAddresses:
    """Gives the client's address of an ASGI scope; quick enough for every request."""

    def __init__(self, policy: ProxyPolicy, *, on_azure: bool) -> None:
        # Only Azure's front end can connect to a Web App, and its addresses are not published.
        self._only_a_proxy_connects = on_azure and policy.trusted is None
        self._trusted = Networks(policy.trusted or ())
        header = policy.header or ("client-ip" if on_azure else "x-forwarded-for")
        self._header = header.encode()
        self._peer = lru_cache(_CACHED)(self._inspect)
        self._client_cached = lru_cache(_CACHED)(self._client)

    @property
    def trusts_any_proxy(self) -> bool:
        """Whether any proxy is trusted."""
        return self._only_a_proxy_connects or bool(self._trusted)

    @property
    def trust_networks(self) -> bool:
        """Whether the settings name a proxy; Azure's front end, which is trusted with the address
        alone, passes on what a client has written elsewhere."""
        return bool(self._trusted)

    def of(self, scope: Scope) -> str:
        """The client's address, `unix`, or `unknown`; never what a client chose to write."""
        client = scope.get("client")
        peer = client[0] if client else _unnamed(scope)
        address, trusted = self._peer(peer)
        if not trusted:
            for name, value in scope["headers"]:
                # A server that rewrites the connection's address from this header, as uvicorn
                # does by default for connections from 127.0.0.1, leaves one that occurs in it.
                # gunicorn.conf.py turns that off; started otherwise, the client is unknown.
                if name == _FORWARDED_FOR and peer in value.decode("latin-1"):
                    return UNKNOWN
            return address
        values = [value for name, value in scope["headers"] if name == self._header]
        if not values:
            return address
        value = values[0] if len(values) == 1 else b",".join(values)
        read = self._client_cached if len(value) <= MAX_CACHED_BYTES else self._client
        return read(address, value)

    def scheme(self, scope: Scope) -> str:
        """`https` where the connection is, or where a trusted proxy says that its own is."""
        client = scope.get("client")
        if self._peer(client[0] if client else _unnamed(scope))[1]:
            values = [value for name, value in scope["headers"] if name == _FORWARDED_PROTO]
            if values in ([b"https"], [b"http"]):
                return str(values[0], "ascii")
        return str(scope["scheme"])

    def prefix(self, scope: Scope) -> str | None:
        """The path that a proxy says it has taken off; None where none that is named says one.

        It ends up in links: what could lead to another host, or end a header, is no path.
        """
        values = [value for name, value in scope["headers"] if name == _FORWARDED_PREFIX]
        if len(values) != 1:
            return None
        client = scope.get("client")
        if not self._trusted.holds(self._peer(client[0] if client else _unnamed(scope))[0]):
            return None
        return read_root_path(values[0].decode("latin-1"))

    def _inspect(self, peer: str) -> tuple[str, bool]:
        address = read_address(peer) or peer
        return address, self._only_a_proxy_connects or self._trusted.holds(address)

    def _client(self, proxy: str, value: bytes) -> str:
        text = value.decode("latin-1")
        if self._header == _FORWARDED_FOR:
            return client_behind(proxy, text, self._trusted)
        return read_address(text) or proxy


def _unnamed(scope: Scope) -> str:
    """A connection without an address: a Unix socket, whose server has no port, or one that was
    gone before anybody asked for its address."""
    server: Any = scope.get("server")
    return UNIX if server and server[1] is None else UNKNOWN
