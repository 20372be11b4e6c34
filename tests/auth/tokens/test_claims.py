"""Signing and verifying: what is let in, and what is not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from iargus.auth.jwt.claims import new_claims, sign
from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import TokenExpired, TokenMalformed
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy
from tests.auth.tokens.conftest import START
from tests.auth.tokens.verifying import verify

SECONDS = int(START.timestamp())
GOOD: dict[str, Any] = {
    "iss": "iargus",
    "aud": "iargus-api",
    "sub": "somebody",
    "jti": "1",
    "iat": SECONDS,
    "exp": SECONDS + 60,
}


def forge(
    claims: Mapping[str, Any],
    *,
    secret: bytes = b"n" * 48,
    digest: str = "sha256",
    **headers: Any,
) -> str:
    """Sign by hand, as a forger would: no library stands in the way of nonsense."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "new"} | headers
    signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
    signature = hmac.digest(secret, signed.encode(), digest)
    return f"{signed}.{_encode(signature)}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_signed_token_verifies_until_its_last_second(ring: KeyRing, policy: TokenPolicy) -> None:
    claims = new_claims(policy, subject="s", jti="j", now=START)
    token = sign(claims, ring)
    end = START + timedelta(days=180)
    assert verify(token, ring, policy, now=START) == claims
    assert verify(token, ring, policy, now=end - timedelta(seconds=1)) == claims
    with pytest.raises(TokenExpired, match="2027-04-30"):
        verify(token, ring, policy, now=end)


def test_a_key_that_no_longer_signs_still_verifies(ring: KeyRing, policy: TokenPolicy) -> None:
    token = forge(GOOD, secret=b"o" * 48, kid="old")
    assert verify(token, ring, policy, now=START).jti == "1"


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "jti", "iat", "exp"])
def test_every_claim_is_required(name: str, ring: KeyRing, policy: TokenPolicy) -> None:
    with pytest.raises(TokenMalformed):
        verify(forge({k: v for k, v in GOOD.items() if k != name}), ring, policy, now=START)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "another"},
        {"aud": "another"},
        {"aud": ["iargus-api", "another"]},
        {"sub": ""},
        {"jti": ""},
        {"jti": "x" * 37},
        {"iat": SECONDS + 1},
        {"iat": True},
        {"exp": str(SECONDS + 60)},
        {"exp": SECONDS + 60.5},
        {"exp": 2**60},
        {"exp": SECONDS},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_is_refused(
    changed: dict[str, Any], ring: KeyRing, policy: TokenPolicy
) -> None:
    with pytest.raises(TokenMalformed):
        verify(forge(GOOD | changed), ring, policy, now=START)


@pytest.mark.parametrize(
    "token",
    FORGERIES := [
        pytest.param(forge(GOOD, secret=b"o" * 48), id="signed with another key of the ring"),
        pytest.param(forge(GOOD, secret=b"x" * 48), id="signed with a key of nobody"),
        pytest.param(forge(GOOD, kid="gone"), id="unknown kid"),
        pytest.param(forge(GOOD, kid=["new"]), id="kid of another type"),
        pytest.param(forge(GOOD, typ="at+jwt"), id="another type of token"),
        pytest.param(forge(GOOD, digest="sha512", alg="HS512"), id="another algorithm"),
        pytest.param(forge(GOOD, alg="none").rpartition(".")[0] + ".", id="no signature"),
        pytest.param(
            forge(GOOD, alg="nOnE").rpartition(".")[0] + ".", id="no signature, in disguise"
        ),
        pytest.param(forge(GOOD, crit=["x"], x=1), id="a critical header nobody knows"),
        pytest.param(forge([1, 2]), id="claims that are no object"),  # type: ignore[arg-type]
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="no JSON"),
        pytest.param(forge(GOOD)[:-2], id="cut signature"),
        pytest.param("x" * 100_000, id="very long"),
    ],
)
def test_forgeries_are_refused(token: str, ring: KeyRing, policy: TokenPolicy) -> None:
    with pytest.raises(TokenMalformed):
        verify(token, ring, policy, now=START)


def test_every_forgery_has_the_same_words(ring: KeyRing, policy: TokenPolicy) -> None:
    said = set()
    for token in (str(forgery.values[0]) for forgery in FORGERIES):
        with pytest.raises(TokenMalformed) as caught:
            verify(token, ring, policy, now=START)
        said.add(str(caught.value))
    assert said == {"the token is not valid"}


def test_a_short_key_signs_nothing(policy: TokenPolicy) -> None:
    short = KeyRing([JwtKey(kid="short", secret=SecretStr("n" * 31))])
    with pytest.raises(jwt.InvalidKeyError):
        sign(new_claims(policy, subject="s", jti="j", now=START), short)


def test_leeway_lets_clocks_differ_and_no_more(ring: KeyRing) -> None:
    lenient = TokenPolicy(leeway_s=10)
    token = forge(GOOD)
    verify(token, ring, lenient, now=START - timedelta(seconds=10))
    verify(token, ring, lenient, now=START + timedelta(seconds=69))
    with pytest.raises(TokenMalformed):
        verify(token, ring, lenient, now=START - timedelta(seconds=11))
    with pytest.raises(TokenExpired):
        verify(token, ring, lenient, now=START + timedelta(seconds=70))


@given(position=st.integers(min_value=0), replacement=st.sampled_from("ABCxyz019-_."))
def test_no_single_character_can_be_changed(position: int, replacement: str) -> None:
    ring = KeyRing([JwtKey(kid="new", secret=SecretStr("n" * 48))])
    token = forge(GOOD)
    position %= len(token)
    # The last character of a signature of 32 bytes carries two bits that decoders pass over.
    if token[position] == replacement or position == len(token) - 1:
        return
    with pytest.raises(TokenMalformed):
        verify(
            token[:position] + replacement + token[position + 1 :], ring, TokenPolicy(), now=START
        )


def test_a_token_names_nobody(ring: KeyRing, policy: TokenPolicy) -> None:
    token = sign(new_claims(policy, subject="s", jti="j", now=START), ring)
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert set(claims) == {"iss", "aud", "sub", "jti", "iat", "exp"}


def test_a_ring_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        KeyRing([])


def test_a_ring_does_not_show_its_secrets(ring: KeyRing) -> None:
    assert "nnnn" not in repr(ring)
