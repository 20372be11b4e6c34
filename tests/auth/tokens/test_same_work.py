"""Refusals that say the same do the same work, so that their time says no more.

Nothing is timed here; `python -m bench.timing` does that.
"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from jwt.algorithms import HMACAlgorithm
from pydantic import SecretStr

from iargus.auth.jwt import claims
from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import TokenKeyUnknown, TokenMalformed
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy
from tests.auth.tokens.conftest import START
from tests.auth.tokens.test_claims import GOOD, forge
from tests.auth.tokens.verifying import verify

UNKNOWN_KID, WRONG_SIGNATURE = forge(GOOD, kid="gone"), forge(GOOD, secret=b"x" * 48)


def test_an_unknown_kid_costs_a_signature_as_any_other(
    ring: KeyRing, policy: TokenPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bytes] = []
    real = claims._Verifying.verify

    def spied(self: claims._Verifying, msg: bytes, key: bytes, sig: bytes) -> bool:
        checked.append(key)
        return real(self, msg, key, sig)

    monkeypatch.setattr(claims._Verifying, "verify", spied)
    for token in (UNKNOWN_KID, WRONG_SIGNATURE):
        with pytest.raises(TokenMalformed):
            verify(token, ring, policy, now=START)
    (stand_in, ours) = checked
    assert ours == b"n" * 48
    assert stand_in not in (b"n" * 48, b"o" * 48)
    assert len(stand_in) == len(ours)


def test_what_the_stand_in_of_unknown_keys_signs_is_refused(
    ring: KeyRing, policy: TokenPolicy
) -> None:
    stand_in, is_ours = ring.secret("gone")
    assert not is_ours
    with pytest.raises(TokenKeyUnknown):
        verify(forge(GOOD, kid="gone", secret=stand_in), ring, policy, now=START)


def test_the_work_on_a_signature_does_not_depend_on_what_the_secret_looks_like(
    policy: TokenPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*_: Any) -> bytes:
        raise AssertionError("PyJWT looks into the secret for every token")

    monkeypatch.setattr(HMACAlgorithm, "prepare_key", looked_at)
    secret = "0123456789-----BEGIN 0123456789"
    ring = KeyRing([JwtKey(kid="new", secret=SecretStr(secret * 2))])
    token = forge(GOOD, secret=(secret * 2).encode())
    assert verify(token, ring, policy, now=START).jti == "1"


def test_a_secret_that_is_another_kind_of_key_signs_nothing(policy: TokenPolicy) -> None:
    secret = SecretStr('{"kty": "oct", "k": "0123456789abcdefghijklmnop"}')
    ring = KeyRing([JwtKey(kid="new", secret=secret)])
    with pytest.raises(jwt.InvalidKeyError):
        claims.sign(claims.new_claims(policy, subject="s", jti="j", now=START), ring)
