"""A stolen table holds nothing usable, and an altered one gives no key."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from iargus.auth.keys.loading import fresh_key
from iargus.auth.keys.wrapping import unwrap, wrap
from iargus.settings.keys import JwtKey

ROOT = JwtKey(kid="root", secret=SecretStr("first-of-the-environment-" * 2))
OTHER = JwtKey(kid="root", secret=SecretStr("second-of-the-environment" * 2))


def test_a_wrapped_key_comes_back_with_any_of_the_roots() -> None:
    key = fresh_key()
    wrapped = wrap(key, ROOT)
    assert unwrap(key.kid, wrapped, [OTHER, ROOT]) == key
    assert unwrap(key.kid, wrapped, [OTHER]) is None
    assert len(wrapped) <= 255
    assert wrap(key, ROOT) != wrapped


def test_what_is_wrapped_shows_neither_secret() -> None:
    key = fresh_key()
    raw = urlsafe_b64decode(wrap(key, ROOT))
    for each in (key, ROOT):
        assert each.secret.get_secret_value().encode() not in raw


@pytest.mark.parametrize("position", [0, 11, 12, 40, -1])
def test_one_altered_byte_is_refused(position: int) -> None:
    key = fresh_key()
    raw = bytearray(urlsafe_b64decode(wrap(key, ROOT)))
    raw[position] ^= 1
    assert unwrap(key.kid, urlsafe_b64encode(raw).decode(), [ROOT]) is None


def test_a_secret_cannot_be_moved_to_another_kid() -> None:
    assert unwrap("another", wrap(fresh_key(), ROOT), [ROOT]) is None


def test_the_key_that_wraps_is_derived_for_that_alone() -> None:
    """By hand, after RFC 5869: extract without salt, expand for one use, one block."""
    key = fresh_key()
    raw = urlsafe_b64decode(wrap(key, ROOT))
    extracted = hmac.digest(bytes(32), ROOT.secret.get_secret_value().encode(), "sha256")
    derived = hmac.digest(extracted, b"iargus: wrapping of signing keys, 1\x01", "sha256")
    opened = AESGCM(derived).decrypt(raw[:12], raw[12:], key.kid.encode())
    assert opened.decode() == key.secret.get_secret_value()


@pytest.mark.parametrize("text", ["", "a", "not base64 at all", "AAAA", "é"])
def test_what_was_never_wrapped_is_refused(text: str) -> None:
    assert unwrap("k", text, [ROOT]) is None
