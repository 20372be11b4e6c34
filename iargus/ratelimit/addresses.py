"""Which client addresses count as one."""

from __future__ import annotations

import ipaddress

# A site is given at least a /64, and each machine in it may take any address of that: a limit by
# the whole address would limit nobody (RFC 6177, RFC 8981).
IPV6_PREFIX_BITS = 64
_LONGEST = 128


def address_key(address: str) -> str:
    """The name under which requests of a client address are counted: an IPv4 address, the /64 of
    an IPv6 address, or the text itself where it is neither."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:_LONGEST]
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    network = int(found) >> (128 - IPV6_PREFIX_BITS) << (128 - IPV6_PREFIX_BITS)
    return f"{ipaddress.IPv6Address(network)}/{IPV6_PREFIX_BITS}"
