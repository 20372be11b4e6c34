"""Addresses as text: reading them as proxies write them, and looking them up in networks."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from iargus.settings.front import UNIX

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
    """Networks, and `unix` for whoever comes by a Unix socket."""

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
