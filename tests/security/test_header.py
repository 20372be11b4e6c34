"""Headers: names that ask the verifier to do something, and other types of token"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    GOOD,
    HEADER,
    KID,
    OLD_KID,
    OLD_SECRET,
    SECRET,
    changed,
    encode,
    headed,
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
