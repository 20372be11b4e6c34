"""Vectors of Project Wycheproof for JSON Web Signature, and the same families made here.

`IARGUS_DATA` names the folder with `wycheproof_json_web_signature_test.json`; without it, its part
is skipped and says so, and the families that are made here remain.
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

from iargus.errors import TokenMalformed
from iargus.settings.environment import JwtKey
from iargus.settings.policy import TokenPolicy
from iargus.tokens import claims
from iargus.tokens.form import ALGORITHM
from iargus.tokens.ring import KeyRing
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_CLAIMS,
    ENCODED_HEADER,
    GOOD,
    SIGNATURE,
    UNSIGNED,
    compact,
    decode,
    encode,
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
        object.__setattr__(self, "_secrets", {kid: secret})


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
        claims._JWS.decode(token, _secret(key), algorithms=[ALGORITHM])
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


def _macked(header: str = ENCODED_HEADER, payload: str = ENCODED_CLAIMS) -> str:
    """A token whose signature is right for these parts as they are spelled."""
    return f"{header}.{payload}.{mac(f'{header}.{payload}')}"


# Its last character has four bits to spare.
PADDED = encode(compact(CLAIMS | {"sub": "s" * (-len(compact(CLAIMS)) % 3 + 33)}).encode())


def _spare(part: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + letters[letters.index(part[-1]) + 1]


@pytest.mark.parametrize(
    "token",
    [
        attack("modified signature", f"{UNSIGNED}.X{SIGNATURE[1:]}"),
        attack("missing signature", f"{UNSIGNED}."),
        attack("missing signature and separator", UNSIGNED),
        attack("modified payload", f"{ENCODED_HEADER}.X{ENCODED_CLAIMS[1:]}.{SIGNATURE}"),
        attack("missing payload", f"{ENCODED_HEADER}..{SIGNATURE}"),
        attack("missing payload and separator", f"{ENCODED_HEADER}.{SIGNATURE}"),
        attack("missing header", f".{ENCODED_CLAIMS}.{SIGNATURE}"),
        attack("missing header and separator", f"{ENCODED_CLAIMS}.{SIGNATURE}"),
        attack("missing header and signature", f".{ENCODED_CLAIMS}."),
        attack("payload alone", ENCODED_CLAIMS),
        attack("separators alone", ".."),
        attack("extra empty component", f"{GOOD}."),
        attack("extra component", f"{GOOD}.foo"),
        attack("tabs in the MAC", f"{UNSIGNED}.\t\t{SIGNATURE}"),
        attack("a character inserted before the MAC", f"{UNSIGNED}.?{SIGNATURE}"),
        attack("a character inserted behind the MAC", f"{UNSIGNED}.{SIGNATURE}?"),
        attack("a character inserted in the header", _macked().replace(".", "?.", 1)),
        attack("a character inserted in the payload", f"{UNSIGNED}?.{SIGNATURE}"),
        attack("tabs in the header, under the MAC", _macked(header=f"{ENCODED_HEADER}\t")),
        attack("a character in the header, under the MAC", _macked(header=f"?{ENCODED_HEADER}")),
        attack("padding of the header, under the MAC", _macked(header=f"{ENCODED_HEADER}=")),
        attack("wrong padding of the header, under the MAC", _macked(header=f"{ENCODED_HEADER}==")),
        attack("tabs in the payload, under the MAC", _macked(payload=f"{ENCODED_CLAIMS}\t")),
        attack("a character in the payload, under the MAC", _macked(payload=f"?{ENCODED_CLAIMS}")),
        attack("padding of the payload, under the MAC", _macked(payload=f"{ENCODED_CLAIMS}==")),
        attack("spare bits of the header, under the MAC", _macked(header=_spare(ENCODED_HEADER))),
        attack("spare bits of the payload, under the MAC", _macked(payload=_spare(PADDED))),
    ],
)
def test_the_same_families_with_our_key(door: Door, token: str) -> None:
    door.refuses(token)


def test_control_what_these_alter_is_good(door: Door) -> None:
    assert len(ENCODED_HEADER) % 4 == 3
    assert len(PADDED) % 4 in (2, 3)
    for token in (GOOD, _macked(), _macked(payload=PADDED)):
        door.lets_in(token)
