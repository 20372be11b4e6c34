"""Headers and payloads that are no plain JSON: twice named, nested, packed, in other encodings."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_CLAIMS,
    GOOD,
    HEADER,
    KID,
    OLD_KID,
    encode,
    mac,
    signed,
)

ROOT = Path(__file__).parents[2]
TEXT = json.dumps(HEADER, separators=(",", ":"))
# A key that its holder gives away: what `jwk`, `jku` and the like would have the verifier trust.
FORGED = b"a secret that a forger has made for himself, long enough"
JWK = {"kty": "oct", "kid": KID, "alg": "HS256", "k": encode(FORGED)}


def test_control_the_header_that_these_alter_is_good(door: Door) -> None:
    door.lets_in(signed(TEXT.encode()))


@pytest.mark.parametrize(
    "header",
    [
        *(
            attack(f"{name} is missing", json.dumps({k: v for k, v in HEADER.items() if k != name}))
            for name in HEADER
        ),
        *(attack(f"alg {text}", TEXT.replace('"HS256"', text)) for text in ("256", "true", "null")),
        attack("alg in a list", TEXT.replace('"HS256"', '["HS256"]')),
        attack("alg in an object", TEXT.replace('"HS256"', '{"HS256":1}')),
        attack("alg twice, none first", TEXT.replace("{", '{"alg":"none",', 1)),
        attack("alg twice, none last", TEXT.replace("}", ',"alg":"none"}')),
        attack("alg twice, both right", TEXT.replace("{", '{"alg":"HS256",', 1)),
        attack("alg twice, once in escapes", TEXT.replace("{", '{"\\u0061lg":"none",', 1)),
        attack("kid twice", TEXT.replace("{", f'{{"kid":"{OLD_KID}",', 1)),
        attack("typ twice", TEXT.replace("}", ',"typ":"at+jwt"}')),
        attack("an empty object", "{}"),
        attack("a list", f"[{TEXT}]"),
        attack("a text", json.dumps(TEXT)),
        attack("a number", "1"),
        attack("null", "null"),
        attack("nothing but blanks", "   "),
        attack("a comment in it", TEXT.replace("{", "{/**/")),
        attack("a comma too many", TEXT.replace("}", ",}")),
        attack("single quotes", TEXT.replace('"', "'")),
        attack("two objects", TEXT * 2),
        attack("something behind it", f"{TEXT}x"),
        attack("a zero byte behind it", f"{TEXT}\0"),
        attack("NaN in it", TEXT.replace("{", '{"x":NaN,')),
        attack("1,000 lists in each other", "[" * 1000 + "]" * 1000),
        attack("100,000 lists in each other", "[" * 100_000),
        attack("400 objects in each other", '{"a":' * 400 + "1" + "}" * 400),
        attack("a number of 3,000 digits", TEXT.replace("{", '{"x":' + "9" * 2900 + ",")),
    ],
)
def test_a_header_that_is_not_ours(door: Door, header: str) -> None:
    door.refuses(signed(header.encode()))


@pytest.mark.parametrize(
    "header",
    [
        attack("a byte order mark", b"\xef\xbb\xbf" + TEXT.encode()),
        attack("UTF-16", TEXT.encode("utf-16")),
        attack("UTF-16 without a mark", TEXT.encode("utf-16-le")),
        attack("UTF-32", TEXT.encode("utf-32")),
        attack("Latin-1", TEXT.replace("JWT", "J\u00e9T").encode("latin-1")),
        attack("UTF-8 that is longer than it need be", TEXT.encode().replace(b"J", b"\xc1\x8a")),
        attack("zlib", zlib.compress(TEXT.encode())),
        attack("base64 twice", encode(TEXT.encode()).encode()),
    ],
)
def test_a_header_in_another_encoding(door: Door, header: bytes) -> None:
    door.refuses(signed(header))


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        attack("a compressed payload", {"zip": "DEF"}, zlib.compress(json.dumps(CLAIMS).encode())),
        attack("a bomb of 2 MB in 2 KB", {"zip": "DEF"}, zlib.compress(bytes(2_000_000))),
        attack("a token in a token", {"cty": "JWT"}, GOOD.encode()),
        attack("a token in a token that does not say so", {}, GOOD.encode()),
        attack("a token in quotes in a token", {}, json.dumps(GOOD).encode()),
    ],
)
def test_a_payload_that_is_to_be_unpacked(
    door: Door, header: dict[str, Any], payload: bytes
) -> None:
    door.refuses(signed(HEADER | header, payload))


def test_a_payload_that_is_not_encoded(door: Door) -> None:
    """RFC 7797: with `b64` false the payload stands as it is, and may be detached."""
    head = encode(json.dumps(HEADER | {"b64": False, "crit": ["b64"]}).encode())
    signature = mac(f"{head}.{json.dumps(CLAIMS)}")
    door.refuses(f"{head}..{signature}")
    door.refuses(f"{head}.{ENCODED_CLAIMS}.{signature}")
