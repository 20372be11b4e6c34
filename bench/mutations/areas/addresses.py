"""Client addresses: the connection's, or the word of a trusted proxy."""

from __future__ import annotations

from bench.mutations.guard import Module

_CLIENT = Module("iargus/api/client_address.py", "tests/api/test_client_address.py")
_NETWORKS = Module("iargus/api/client_address.py", "tests/api/test_client_address.py")
_POLICY = Module("iargus/settings/http.py", "tests/api/test_client_address.py")
_COUNTED = Module("iargus/ratelimit/requests.py", "tests/ratelimit/test_fields.py")

GUARDS = (
    _CLIENT.guard(
        "a header counts only from a trusted proxy",
        "self._only_a_proxy_connects or self._trusted.holds(address)",
        "True",
    ),
    _CLIENT.guard(
        "an address that the server took from a header is not believed",
        "if name == _FORWARDED_FOR and peer in value",
        "if name == b'' and peer in value",
    ),
    _CLIENT.guard(
        "the walk goes from the right",
        "for hop in reversed(forwarded_for.rsplit",
        "for hop in (forwarded_for.rsplit",
    ),
    _CLIENT.guard(
        "the walk ends at the first who is not trusted",
        "        if not trusted.holds(address):\n            return client\n",
        "",
    ),
    _CLIENT.guard(
        "what is no address ends the walk",
        "        if address is None:\n            return client\n",
        "        if address is None:\n            continue\n",
    ),
    _CLIENT.guard("the walk has a bound", 'rsplit(",", MAX_HOPS)[-MAX_HOPS:]', 'split(",")'),
    _CLIENT.guard("a long header is not kept in memory", "len(value) <= MAX_CACHED_BYTES", "True"),
    _CLIENT.guard(
        "who hung up is no Unix socket",
        "return UNIX if server and server[1] is None else UNKNOWN",
        "return UNIX",
    ),
    _CLIENT.guard(
        "only on Azure does nothing but a proxy connect",
        "on_azure and policy.trusted is None",
        "policy.trusted is None",
    ),
    _CLIENT.guard(
        "on Azure, named proxies are the only ones",
        "on_azure and policy.trusted is None",
        "on_azure",
    ),
    _CLIENT.guard(
        "the scheme is a trusted proxy's word",
        "if self._peer(client[0] if client else _unnamed(scope))[1]:",
        "if True:",
    ),
    _CLIENT.guard(
        "a scheme is http or https",
        'if values in ([b"https"], [b"http"]):',
        "if values:",
    ),
    _NETWORKS.guard(
        "a mapped address is the IPv4 address",
        "if address.version == 6 and address.ipv4_mapped is not None:",
        "if False:",
    ),
    _POLICY.guard("nobody trusts everybody", 'if text.endswith("/0"):', "if False:"),
    _POLICY.guard(
        "the header Forwarded is not read", 'if self.header == "forwarded":', "if False:"
    ),
    _POLICY.guard(
        "a mapped network is refused, for nothing would be in it",
        "if network.version == 6 and network.network_address.ipv4_mapped is not None:",
        "if False:",
    ),
    _COUNTED.guard(
        "a /64 of IPv6 counts as one", "IPV6_PREFIX_BITS = 64", "IPV6_PREFIX_BITS = 128"
    ),
    _COUNTED.guard(
        "a mapped address counts as the IPv4 address",
        "if found.ipv4_mapped is not None:",
        "if False:",
    ),
    _COUNTED.guard("what is no address is cut", "return address[:_LONGEST]", "return address"),
    _CLIENT.guard(
        "a path is a named proxy's word",
        "if not self._trusted.holds(self._peer(client[0] if client else _unnamed(scope))[0]):",
        "if False:",
        "tests/api/test_public_path.py",
    ),
    _CLIENT.guard(
        "of two paths neither counts",
        "if len(values) != 1:\n            return None\n        client",
        "if not values:\n            return None\n        client",
        "tests/api/test_public_path.py",
    ),
    _POLICY.guard(
        "a path leads to no other host and ends no header",
        "if len(text) > MAX_ROOT_PATH_CHARS or not _ROOT_PATH.fullmatch(text):",
        "if False:",
        "tests/api/test_public_path.py",
    ),
    _POLICY.guard(
        "a path does not go up", r"(?!\.{1,2}(/|$))", "", "tests/api/test_public_path.py"
    ),
    _POLICY.guard(
        "a path is of bounded length",
        "len(text) > MAX_ROOT_PATH_CHARS or",
        "",
        "tests/api/test_public_path.py",
    ),
)
