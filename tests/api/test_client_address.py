"""Whose address it is: the connection's, or a trusted proxy's word, and never a client's."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.types import Scope

from iargus.api.client_address import MAX_CACHED_BYTES, MAX_HOPS, ClientAddresses, read_address
from iargus.ratelimit.requests import address_key
from iargus.settings.http import ProxyPolicy

PROXY, INNER, CLIENT = "10.0.0.1", "10.0.0.2", "203.0.113.7"
FOR = "x-forwarded-for"


def scope(peer: str | None, *headers: tuple[str, str], unix: bool = False) -> Scope:
    return {
        "type": "http",
        "scheme": "http",
        "client": None if peer is None else (peer, 50_000),
        "server": ("/run/api.sock", None) if unix else ("192.0.2.1", 8000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }


def addresses(*trusted: str, header: str | None = None, on_azure: bool = False) -> ClientAddresses:
    policy = ProxyPolicy.model_validate({"trusted": trusted or None, "header": header})
    return ClientAddresses(policy, on_azure=on_azure)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:5111", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:5111", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("203.0.113.7:x", None),
        ("203.0.113.007", None),
        ("[2001:db8::1", None),
        ("203.0.113.7\x00", None),
        ("1", None),
    ],
)
def test_an_address_is_read_as_proxies_write_it(written: str, address: str | None) -> None:
    assert read_address(written) == address


@pytest.mark.parametrize("header", [FOR, "client-ip", "x-real-ip", "forwarded"])
@pytest.mark.parametrize("peer", ["198.51.100.9", "127.0.0.1", "::1"])
def test_nothing_a_client_writes_counts_where_nobody_is_trusted(header: str, peer: str) -> None:
    assert addresses().of(scope(peer, (header, CLIENT))) == peer
    assert addresses(PROXY).of(scope(peer, (header, CLIENT))) == peer


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (CLIENT, CLIENT),
        (f"{CLIENT}:4711", CLIENT),
        (f"192.0.2.66, {CLIENT}", CLIENT),
        (f"192.0.2.66, {CLIENT}, {INNER}", CLIENT),
        (f"192.0.2.66,{CLIENT},{INNER}:80, {INNER}", CLIENT),
        (f"{CLIENT}, garbage", PROXY),
        (f"{CLIENT}, garbage, {INNER}", INNER),
        (f"{CLIENT}, ", PROXY),
        ("", PROXY),
        (INNER, INNER),
        (f"10.0.0.3, {INNER}", "10.0.0.3"),
        ("::ffff:203.0.113.7", CLIENT),
        ("2001:db8::5, ::ffff:10.0.0.2", "2001:db8::5"),
    ],
)
def test_the_first_from_the_right_that_is_no_trusted_proxy_is_the_client(
    header: str, client: str
) -> None:
    assert addresses("10.0.0.0/8").of(scope(PROXY, (FOR, header))) == client


def test_several_lines_of_a_header_are_one_list_in_their_order() -> None:
    lines = [(FOR, "192.0.2.66"), ("accept", "*/*"), (FOR, f"{CLIENT}, {INNER}")]
    assert addresses("10.0.0.0/8").of(scope(PROXY, *lines)) == CLIENT


def test_a_trusted_proxy_that_says_nothing_asks_for_itself() -> None:
    assert addresses("10.0.0.0/8").of(scope(PROXY)) == PROXY


def test_the_walk_ends_after_so_many_hops() -> None:
    hops = ", ".join([CLIENT, *[INNER] * MAX_HOPS])
    assert addresses("10.0.0.0/8").of(scope(PROXY, (FOR, hops))) == INNER
    hops = ", ".join([CLIENT, *[INNER] * (MAX_HOPS - 1)])
    assert len(hops) > MAX_CACHED_BYTES
    assert addresses("10.0.0.0/8").of(scope(PROXY, (FOR, hops))) == CLIENT


def test_what_was_long_is_not_kept() -> None:
    behind = addresses(PROXY)
    for number in range(20):
        behind.of(scope(PROXY, (FOR, f"{'x' * MAX_CACHED_BYTES}{number}, {CLIENT}")))
    assert behind._client_cached.cache_info().currsize == 0


def test_an_address_mapped_into_ipv6_is_the_ipv4_address() -> None:
    assert addresses().of(scope("::ffff:198.51.100.9")) == "198.51.100.9"
    assert addresses("10.0.0.0/8").of(scope("::ffff:10.0.0.1", (FOR, CLIENT))) == CLIENT


def test_a_unix_socket_is_a_proxy_only_where_the_settings_say_so() -> None:
    asked = scope(None, (FOR, CLIENT), unix=True)
    assert addresses().of(asked) == "unix"
    assert addresses("10.0.0.0/8").of(asked) == "unix"
    assert addresses("unix").of(asked) == CLIENT


def test_a_connection_that_was_gone_is_no_unix_socket() -> None:
    """uvicorn knows no address then: whoever hangs up at once must not be taken for nginx."""
    assert addresses("unix").of(scope(None, (FOR, CLIENT))) == "unknown"


def test_a_server_that_let_the_header_replace_the_connections_address_is_not_believed() -> None:
    """So uvicorn does for connections from 127.0.0.1 unless it is told not to."""
    assert addresses().of(scope(CLIENT, (FOR, CLIENT))) == "unknown"
    assert addresses().of(scope(CLIENT, (FOR, "192.0.2.1"), (FOR, f"{CLIENT}:80"))) == "unknown"
    assert addresses().of(scope("2001:db8::1", (FOR, "[2001:db8::1]:80"))) == "unknown"


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([("client-ip", f"{CLIENT}:5111")], CLIENT),
        ([("client-ip", "[2001:db8::1]:5111")], "2001:db8::1"),
        ([("client-ip", "2001:db8::1")], "2001:db8::1"),
        ([("client-ip", "192.0.2.66"), ("client-ip", CLIENT)], "169.254.1.1"),
        ([("client-ip", f"192.0.2.66, {CLIENT}")], "169.254.1.1"),
        ([(FOR, "192.0.2.66")], "169.254.1.1"),
        ([], "169.254.1.1"),
    ],
)
def test_on_azure_the_front_end_says_who_asks(headers: list[tuple[str, str]], client: str) -> None:
    assert addresses(on_azure=True).of(scope("169.254.1.1", *headers)) == client


def test_on_azure_too_named_proxies_are_the_only_ones() -> None:
    named = addresses(PROXY, on_azure=True)
    assert named.of(scope(PROXY, ("client-ip", CLIENT))) == CLIENT
    assert named.of(scope("198.51.100.9", ("client-ip", CLIENT))) == "198.51.100.9"


def test_on_azure_too_only_the_last_of_a_list_counts() -> None:
    listed = (FOR, f"192.0.2.66, {CLIENT}:5111")
    assert addresses(header=FOR, on_azure=True).of(scope("169.254.1.1", listed)) == CLIENT


def test_the_scheme_is_a_trusted_proxys_word_as_well() -> None:
    https = ("x-forwarded-proto", "https")
    assert addresses().scheme(scope(PROXY, https)) == "http"
    assert addresses(PROXY).scheme(scope(PROXY, https)) == "https"
    assert addresses(PROXY).scheme(scope(PROXY)) == "http"
    for headers in ([("x-forwarded-proto", "javascript")], [https, https]):
        assert addresses(PROXY).scheme(scope(PROXY, *headers)) == "http"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (CLIENT, CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix", "unix"),
        ("unknown", "unknown"),
        ("testclient", "testclient"),
    ],
)
def test_limits_count_a_64_of_ipv6_as_one(address: str, key: str) -> None:
    assert address_key(address) == key


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"trusted": ["0.0.0.0/0"]}, "trusts everybody"),
        ({"trusted": ["::/0"]}, "trusts everybody"),
        ({"trusted": ["10.0.0.1/8"]}, "has host bits set"),
        ({"trusted": ["::ffff:10.0.0.0/104"]}, "write the IPv4 network itself"),
        ({"trusted": ["localhost"]}, "does not appear to be"),
        ({"header": "forwarded"}, "Forwarded is not read"),
        ({"header": "X Forwarded"}, "pattern"),
    ],
)
def test_a_proxy_that_cannot_be_meant_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ProxyPolicy.model_validate(settings)
