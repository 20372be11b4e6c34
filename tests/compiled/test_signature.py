"""A signature holds for one version of one task and its files, by one key."""

from __future__ import annotations

import hmac
from dataclasses import fields, replace

import pytest

from iargus.compiled.signature import Statement, sign, verify

KEY = b"a key of at least 32 bytes, for tests"
SEVEN = Statement(task="car_price", version="7", created_from="a" * 64, bundle="b" * 64)


def test_a_signature_holds_for_what_was_signed() -> None:
    assert verify(SEVEN, sign(SEVEN, KEY), KEY)
    assert not verify(SEVEN, sign(SEVEN, KEY), KEY[::-1])


@pytest.mark.parametrize("name", [field.name for field in fields(Statement)])
def test_it_holds_for_nothing_else(name: str) -> None:
    assert not verify(replace(SEVEN, **{name: "3"}), sign(SEVEN, KEY), KEY)


def test_no_value_can_reach_into_another() -> None:
    one = Statement('a","version":"7', "8", "", "")
    assert not verify(Statement("a", "7", "", ""), sign(one, KEY), KEY)


@pytest.mark.parametrize("text", ["", "hmac-sha256:", "ÿ\0", "a" * 10_000, "\ud800"])
def test_what_is_no_signature_is_a_wrong_one(text: str) -> None:
    assert not verify(SEVEN, text, KEY)


def test_what_is_signed_begins_with_its_purpose() -> None:
    """By hand, so that a key that signs something else too gives nothing that is good here."""
    said = (
        b"iargus model version 1\n"
        b'{"bundle":"%b","created_from":"%b","task":"car_price","version":"7"}'
        % (b"b" * 64, b"a" * 64)
    )
    assert sign(SEVEN, KEY) == "hmac-sha256:" + hmac.digest(KEY, said, "sha256").hex()


def test_a_short_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign(SEVEN, b"short")
