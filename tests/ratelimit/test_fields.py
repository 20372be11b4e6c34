"""The answer's fields, and which addresses count as one."""

from __future__ import annotations

import pytest

from iargus.ratelimit.outcome import SingleLimitHeaders, TwoLimitsHeaders
from iargus.ratelimit.requests import address_key
from iargus.ratelimit.table import Limit

TOKEN = Limit("token", "requests of this token", 6000, 60)
ADDRESS = Limit("address", "requests of this client address", 12_000, 60)


def test_one_limit_is_told_as_the_draft_has_it() -> None:
    assert SingleLimitHeaders(TOKEN)(5999, 42) == [
        (b"ratelimit-policy", b'"token";q=6000;w=60'),
        (b"ratelimit", b'"token";r=5999;t=42'),
    ]


def test_of_two_limits_the_one_with_less_left_comes_first() -> None:
    tell = TwoLimitsHeaders(TOKEN, ADDRESS)
    assert tell(5999, 42, 11_000, 42)[1][1] == b'"token";r=5999;t=42, "address";r=11000;t=42'
    assert tell(5999, 42, 7, 42)[1][1] == b'"address";r=7;t=42, "token";r=5999;t=42'
    assert tell(0, 1, 0, 1)[0][1] == b'"token";q=6000;w=60, "address";q=12000;w=60'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::2%eth1"),
        ("x" * 200, "x" * 300),
    ],
)
def test_addresses_that_are_one_clients_count_as_one(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("198.51.100.7", "198.51.100.8"),
        ("unknown", "198.51.100.8"),
    ],
)
def test_addresses_of_others_count_by_themselves(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)
