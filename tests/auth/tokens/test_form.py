"""A token has one spelling (RFC 8725 section 3; RFC 7515 appendix C)."""

from __future__ import annotations

import base64
import hmac
import json
import string
import zlib
from typing import Any

import pytest

from iargus.auth.jwt.claims import decode, new_claims, sign
from iargus.auth.jwt.form import kid_of, strict_object
from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import TokenMalformed
from iargus.settings.tokens import TokenPolicy
from tests.auth.tokens.conftest import START
from tests.auth.tokens.test_claims import GOOD, SECONDS, forge
from tests.auth.tokens.verifying import verify


def raw(header: bytes, payload: bytes, secret: bytes = b"n" * 48) -> str:
    """A token of exactly these bytes, rightly signed."""
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, payload)]
    signed = b".".join(parts)
    signature = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    return b".".join([signed, signature]).decode()


HEADER = b'{"alg":"HS256","kid":"new","typ":"JWT"}'
PAYLOAD = json.dumps(GOOD).encode()


def test_the_tokens_that_the_next_tests_alter_are_good(ring: KeyRing, policy: TokenPolicy) -> None:
    verify(raw(HEADER, PAYLOAD), ring, policy, now=START)
    verify(forge(GOOD), ring, policy, now=START)


def refused(token: str, ring: KeyRing) -> None:
    with pytest.raises(TokenMalformed):
        verify(token, ring, TokenPolicy(), now=START)


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": True},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"jku": "https://example.com/keys"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"x5u": "https://example.com/chain"},
        {"x5c": ["AAAA"]},
        {"x5t": "AAAA"},
        {"anything": 1},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_a_header_with_another_name_is_refused(extra: dict[str, Any], ring: KeyRing) -> None:
    refused(forge(GOOD, **extra), ring)


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "jwt"},
        {"typ": "at+jwt"},
        {"typ": None},
        {"alg": "hs256"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": ["HS256"]},
        {"alg": "none"},
        {"alg": "None"},
        {"alg": ""},
        {"kid": None},
        {"kid": 7},
        {"kid": ""},
        {"kid": "NEW"},
        {"kid": "new "},
        {"kid": "../../dev/null"},
        {"kid": "n" * 3000},
    ],
    ids=str,
)
def test_a_header_with_another_value_is_refused(changed: dict[str, Any], ring: KeyRing) -> None:
    refused(forge(GOOD, **changed), ring)


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_a_header_without_one_of_its_names_is_refused(missing: str, ring: KeyRing) -> None:
    header = {k: v for k, v in json.loads(HEADER).items() if k != missing}
    refused(raw(json.dumps(header).encode(), PAYLOAD), ring)


@pytest.mark.parametrize("changed", [{"alg": "HS512"}, {"alg": "none"}, {"typ": "jwt"}, {"kid": 7}])
def test_the_form_is_checked_here_whatever_a_library_does(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"another header|a kid is a text"):
        kid_of(forge(GOOD, **changed))


@pytest.mark.parametrize("alg", ["none", "HS384", "HS512"])
def test_the_library_knows_one_algorithm_whatever_the_form_lets_through(
    alg: str, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iargus.auth.jwt.claims.kid_of", lambda _: "new")
    digest = alg.replace("HS", "sha") if alg != "none" else "sha256"
    token = forge(GOOD, alg=alg, digest=digest)
    refused(token, ring)
    refused(token.rpartition(".")[0] + ".", ring)


def test_a_token_that_is_too_long_is_refused_although_it_is_signed(ring: KeyRing) -> None:
    verify(raw(HEADER, PAYLOAD + b" " * 2000), ring, TokenPolicy(), now=START)
    refused(raw(HEADER, PAYLOAD + b" " * 4000), ring)


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":1}}', b'{"a":NaN}', b"[" * 100_000, b"[]", b"7"]
)
def test_a_part_that_is_not_one_plain_object_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"twice|expected value|recursion limit|no object"):
        strict_object(text)


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (HEADER.replace(b"{", b'{"alg":"none",', 1), PAYLOAD),
        (HEADER.replace(b"{", b'{"kid":"old",', 1), PAYLOAD),
        (HEADER, PAYLOAD.replace(b"{", b'{"exp": 9999999999,', 1)),
        (HEADER, PAYLOAD.replace(b"{", b'{"sub": "another",', 1)),
        (HEADER, PAYLOAD.replace(b'"sub"', b'"x": NaN, "sub"')),
        (HEADER, b"[" * 3000),
        (HEADER, b""),
        (HEADER, b"null"),
        (HEADER, b"\xff\xfe" + PAYLOAD.decode().encode("utf-16-le")),
        (HEADER, zlib.compress(PAYLOAD)),
        (HEADER, raw(HEADER, PAYLOAD).encode()),
        (b"[]", PAYLOAD),
    ],
)
def test_json_that_is_not_one_plain_object_is_refused(
    header: bytes, payload: bytes, ring: KeyRing
) -> None:
    refused(raw(header, payload), ring)


@pytest.mark.parametrize(
    "altered",
    [
        lambda token: token + "=",
        lambda token: token.replace(".", "=.", 1),
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.replace(".", " .", 1),
        lambda token: token + ".",
        lambda token: "." + token,
        lambda token: token + ".AAAA",
        lambda token: token.replace("-", "+").replace("_", "/") + "+",
        lambda token: token + "\u0000",
        lambda token: token.replace("e", "\uff45", 1),
    ],
)
def test_another_spelling_is_refused(altered: Any, ring: KeyRing) -> None:
    refused(altered(forge(GOOD)), ring)


def test_of_all_last_characters_one_is_accepted(ring: KeyRing) -> None:
    token = forge(GOOD)
    accepted = []
    for last in string.ascii_letters + string.digits + "-_":
        try:
            decode(token[:-1] + last, ring, TokenPolicy())
            accepted.append(last)
        except TokenMalformed:
            pass
    assert accepted == [token[-1]]


def test_the_spare_bits_are_checked_here_whatever_a_library_does() -> None:
    token = forge(GOOD)
    assert kid_of(token) == "new"
    for last in set(string.ascii_letters + string.digits + "-_") - set("AEIMQUYcgkosw048"):
        with pytest.raises(ValueError, match="three parts"):
            kid_of(token[:-1] + last)


@pytest.mark.parametrize(
    ("header", "payload"),
    [(b'{"alg":"HS256","kid":"new","typ":"JWT" }', b"{}"), (HEADER, b'{ "a":1}')],
    ids=["two bits", "four bits"],
)
def test_the_spare_bits_of_the_other_parts_too(header: bytes, payload: bytes) -> None:
    parts = raw(header, payload).split(".")
    assert kid_of(".".join(parts)) == "new"
    for number, part in enumerate(parts[:2]):
        if spare := -len(part) % 4:
            bits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
            last = bits[bits.index(part[-1]) + spare]
            altered = [*parts[:number], part[:-1] + last, *parts[number + 1 :]]
            with pytest.raises(ValueError, match="bits that say nothing"):
                kid_of(".".join(altered))


def test_nbf_is_obeyed_where_it_is_there(ring: KeyRing, policy: TokenPolicy) -> None:
    verify(forge(GOOD | {"nbf": SECONDS}), ring, policy, now=START)
    refused(forge(GOOD | {"nbf": SECONDS + 1}), ring)
    refused(forge(GOOD | {"nbf": str(SECONDS)}), ring)


@pytest.mark.parametrize(
    "claim",
    [{"role": "x"}, {"scope": ""}, {"scope": ["admin"]}, {"tasks": "intent"}, {"tasks": [1]}],
    ids=str,
)
def test_a_claim_that_might_restrict_and_is_not_understood_is_refused(
    claim: dict[str, Any], ring: KeyRing
) -> None:
    refused(forge(GOOD | claim), ring)


def test_a_token_without_the_new_claims_opens_every_task(
    ring: KeyRing, policy: TokenPolicy
) -> None:
    claims = verify(forge(GOOD), ring, policy, now=START)
    assert claims.opens("anything")
    assert claims.scope is None


def test_tasks_and_days_are_in_the_token(ring: KeyRing, policy: TokenPolicy) -> None:
    made = new_claims(policy, subject="s", jti="j", now=START, ttl_days=2, tasks=["intent"])
    claims = verify(sign(made, ring), ring, policy, now=START)
    assert claims.exp - claims.iat == 2 * 86_400
    assert claims.opens("intent")
    assert not claims.opens("car_price")


@pytest.mark.parametrize("days", [0, -1, 181])
def test_no_token_is_longer_than_the_policy(days: int, policy: TokenPolicy) -> None:
    with pytest.raises(ValueError, match="1 to 180 days"):
        new_claims(policy, subject="s", jti="j", now=START, ttl_days=days)
