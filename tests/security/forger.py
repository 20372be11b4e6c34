"""Tokens made by hand: no library stands in the way of nonsense.

Where only one guard can see what is wrong, everything else is right, also the signature, although
no forger has the key: what is refused then is refused for what the attack is about.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from tests.auth.tokens.conftest import START

KID, SECRET = "own-2026", b"the first key of this service signs and verifies"
OLD_KID, OLD_SECRET = "own-2025", b"the second key of this service only verifies"
ENVIRON = {"IARGUS_JWT_KEYS": f"{KID}:{SECRET.decode()},{OLD_KID}:{OLD_SECRET.decode()}"}

NOW_S = int(START.timestamp())
DAY_S = 86_400
TTL_S = 180 * DAY_S
HEADER = {"alg": "HS256", "kid": KID, "typ": "JWT"}
CLAIMS: dict[str, Any] = {
    "iss": "iargus",
    "aud": "iargus-api",
    "sub": "5d2f6a3c0e0b4b1d8f3f6f1f2c9a7e10",
    "jti": "b3f1c2d4-0000-4000-8000-000000000001",
    "iat": NOW_S,
    "exp": NOW_S + TTL_S,
}
# In place of a value: the name is not there at all.
GONE = object()


def encode(data: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes behind `encode`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def changed(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """`base` with other values, and without those that are `GONE`."""
    return {name: value for name, value in {**base, **changes}.items() if value is not GONE}


def mac(signed: str, secret: bytes = SECRET, digest: str = "sha256") -> str:
    """The signature part for the first two parts."""
    return encode(hmac.digest(secret, signed.encode(), digest))


def compact(document: object) -> str:
    """JSON without a blank, which a header field can hold."""
    return json.dumps(document, separators=(",", ":"))


def unsigned(header: object = HEADER, claims: object = CLAIMS) -> str:
    """The first two parts. A header or claims in bytes stay as they are."""
    return ".".join(
        encode(part if isinstance(part, bytes) else compact(part).encode())
        for part in (header, claims)
    )


def signed(
    header: object = HEADER,
    claims: object = CLAIMS,
    *,
    secret: bytes = SECRET,
    digest: str = "sha256",
) -> str:
    """A token of this header and these claims, whose signature is right for `secret`."""
    parts = unsigned(header, claims)
    return f"{parts}.{mac(parts, secret, digest)}"


def headed(**changes: Any) -> str:
    """A token rightly signed, with another header."""
    return signed(changed(HEADER, **changes))


def claiming(**changes: Any) -> str:
    """A token rightly signed, with other claims."""
    return signed(claims=changed(CLAIMS, **changes))


GOOD = signed()
UNSIGNED, _, SIGNATURE = GOOD.rpartition(".")
ENCODED_HEADER, _, ENCODED_CLAIMS = UNSIGNED.partition(".")
