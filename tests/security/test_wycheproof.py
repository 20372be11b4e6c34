"""Vectors of Project Wycheproof for JSON Web Signature.

`IARGUS_DATA` names the folder with `wycheproof_json_web_signature_test.json`. Without it these are
skipped and say so; the same families, made with our key, are in `test_families.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from iargus.auth.jwt import claims
from iargus.auth.jwt.form import ALGORITHM
from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import TokenMalformed
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy
from tests.security.attacks import attack
from tests.security.forger import (
    compact,
    decode,
    mac,
    signed,
)

FILE = "wycheproof_json_web_signature_test.json"


def _groups() -> list[dict[str, Any]]:
    folder = os.environ.get("IARGUS_DATA")
    if folder is None:
        reason = f"IARGUS_DATA names no folder with {FILE}"
        print(reason)
        pytest.skip(reason)
    found = json.loads((Path(folder) / FILE).read_bytes())
    assert found["numberOfTests"] == 401
    groups: list[dict[str, Any]] = found["testGroups"]
    return groups


def _secret(key: dict[str, Any]) -> bytes:
    """What a verifier that does not look at the kind of a key would take as the secret."""
    return decode(key["k"]) if key["kty"] == "oct" else compact(key).encode()


def _vectors(alg: str) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
    """Name, token, whether it is valid, and key of the vectors whose key is for `alg`."""
    for group in _groups():
        key = group.get("public") or group["private"]
        if key.get("alg", "none") == alg:
            for test in group["tests"]:
                name = f"tcId {test['tcId']}: {test['comment']}"
                yield name, test["jws"], test["result"] == "valid", key


class VectorRing(KeyRing):
    """A ring with the key of a vector, which may be of any bytes."""

    def __init__(self, kid: str, secret: bytes) -> None:
        super().__init__([JwtKey(kid="unused", secret=SecretStr("unused"))])
        object.__setattr__(self, "_secrets", {kid: (secret, True)})


def _lets_in(token: str, key: dict[str, Any]) -> bool:
    """What our verifier says that has the vector's key under its name."""
    ring = VectorRing(key.get("kid", "none"), _secret(key))
    try:
        claims.decode(token, ring, TokenPolicy())
    except TokenMalformed:
        return False
    return True


def _mac_is_good(token: str, key: dict[str, Any]) -> bool:
    """What the object says that judges our signatures, without our rules of form before it."""
    try:
        claims._VERIFIER.decode(token, _secret(key), algorithms=[ALGORITHM])
    except jwt.PyJWTError:
        return False
    return True


def test_control_a_token_under_the_key_of_each_vector_is_good() -> None:
    for _, _, _, key in _vectors("HS256"):
        header = {"alg": ALGORITHM, "kid": key["kid"], "typ": "JWT"}
        assert _lets_in(signed(header, secret=_secret(key)), key)


def test_control_the_mac_of_valid_vectors_is_ours() -> None:
    """Two that the file calls valid hold a `?` that its readers pass over and ours do not."""
    valid = [(token, key) for _, token, is_valid, key in _vectors("HS256") if is_valid]
    assert len(valid) == 10
    for token, key in valid:
        parts, _, signature = token.replace("?", "").rpartition(".")
        assert mac(parts, _secret(key)) == signature
        assert _mac_is_good(f"{parts}.{signature}", key)
        assert _mac_is_good(token, key) == ("?" not in token)


ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES521", "none")


@pytest.mark.parametrize(
    "alg", [attack(f"the file's vectors for {alg}", alg) for alg in ("HS256", *ASYMMETRIC)]
)
def test_no_vector_is_a_token(alg: str) -> None:
    """Valid ones neither: they are signatures of something else, without our header and claims."""
    vectors = list(_vectors(alg))
    assert vectors, "the file has no such vectors any more"
    assert [name for name, token, _, key in vectors if _lets_in(token, key)] == []


@pytest.mark.parametrize(
    "alg",
    [attack(f"the file's invalid MACs for {alg}", alg) for alg in ("HS256", *ASYMMETRIC)],
)
def test_no_invalid_vector_has_a_good_mac(alg: str) -> None:
    """Two that the file calls invalid are letter by letter one that it calls valid."""
    vectors = list(_vectors(alg))
    valid = {token for _, token, is_valid, _ in vectors if is_valid and alg == "HS256"}
    good = [
        name for name, token, _, key in vectors if token not in valid and _mac_is_good(token, key)
    ]
    assert good == []
