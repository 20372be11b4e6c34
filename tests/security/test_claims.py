"""Claims: missing, of another type, twice, or for another service."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    DAY_S,
    GONE,
    GOOD,
    claiming,
    compact,
    signed,
)

TEXT = compact(CLAIMS)
WRONG_TYPES: dict[str, Any] = {
    "null": None,
    "true": True,
    "a list": [],
    "an object": {},
    "a broken number": 1.5,
}
EXP = CLAIMS["exp"]


def test_control_the_claims_that_these_alter_are_good(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(signed(claims=json.dumps(CLAIMS, indent=1).encode()))


@pytest.mark.parametrize("name", [attack(f"{name} is missing", name) for name in CLAIMS])
def test_a_claim_is_missing(door: Door, name: str) -> None:
    door.refuses(claiming(**{name: GONE}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        attack(f"{name} is {kind}", name, value)
        for name in CLAIMS
        for kind, value in WRONG_TYPES.items()
    ],
)
def test_a_claim_of_another_type(door: Door, name: str, value: Any) -> None:
    door.refuses(claiming(**{name: value}))


@pytest.mark.parametrize(
    "changes",
    [
        attack("iss of another service", {"iss": "another"}),
        attack("iss with a slash behind it", {"iss": "iargus/"}),
        attack("iss with a blank behind it", {"iss": "iargus "}),
        attack("iss in capitals", {"iss": "IARGUS"}),
        attack("iss as an address", {"iss": "https://iargus"}),
        attack("iss with a Cyrillic letter", {"iss": "i\u0430rgus"}),
        attack("iss and a zero byte", {"iss": "iargus\0"}),
        attack("iss in a list", {"iss": ["iargus"]}),
        attack("iss that begins rightly", {"iss": "iargus.example.org"}),
        attack("empty iss", {"iss": ""}),
        attack("aud of another service", {"aud": "another"}),
        attack("aud in a list", {"aud": ["iargus-api"]}),
        attack("aud in a list with others", {"aud": ["another", "iargus-api"]}),
        attack("aud as names of an object", {"aud": {"iargus-api": True}}),
        attack("aud with a star", {"aud": "*"}),
        attack("aud in capitals", {"aud": "IARGUS-API"}),
        attack("aud that begins rightly", {"aud": "iargus-api-staging"}),
        attack("aud that is a part of ours", {"aud": "iargus"}),
        attack("empty aud", {"aud": ""}),
        attack("empty sub", {"sub": ""}),
        attack("sub of 256 characters", {"sub": "s" * 256}),
        attack("sub of half a pair", {"sub": "\ud800"}),
        attack("sub as a number", {"sub": 1}),
        attack("empty jti", {"jti": ""}),
        attack("jti of 37 characters", {"jti": "j" * 37}),
        attack("jti as a number", {"jti": 1}),
        attack("jti of half a pair", {"jti": "\udfff"}),
        attack("scope empty", {"scope": ""}),
        attack("scope in a list", {"scope": ["admin"]}),
        attack("scope of 33 characters", {"scope": "s" * 33}),
        attack("tasks as a text", {"tasks": "intent"}),
        attack("tasks with a number", {"tasks": ["intent", 1]}),
        attack("tasks in an object", {"tasks": {"intent": True}}),
        attack("33 tasks", {"tasks": ["intent"] * 33}),
        attack("a claim role", {"role": "admin"}),
        attack("a claim admin", {"admin": True}),
        attack("a claim email", {"email": "ada@example.com"}),
        attack("a claim cnf, bound to another key", {"cnf": {"jkt": "x"}}),
        attack("a claim act, acting for another", {"act": {"sub": "another"}}),
        attack("a claim events of a logout", {"events": {}}),
        attack("a claim client_id", {"client_id": "x"}),
        attack("a claim scp", {"scp": ["admin"]}),
        attack("a claim with an empty name", {"": 1}),
        attack("a claim __proto__", {"__proto__": {"scope": "admin"}}),
        attack("a claim in capitals beside the right one", {"EXP": EXP}),
        attack("a claim in full-width letters", {"\uff53cope": "admin"}),
    ],
)
def test_a_claim_that_is_wrong(door: Door, changes: dict[str, Any]) -> None:
    door.refuses(claiming(**changes))


@pytest.mark.parametrize(
    "claims",
    [
        attack("exp twice, the later last", TEXT.replace("}", f',"exp":{EXP + DAY_S}}}')),
        attack("exp twice, the later first", TEXT.replace("{", f'{{"exp":{EXP + DAY_S},', 1)),
        attack("exp twice, once in escapes", TEXT.replace("{", f'{{"\\u0065xp":{EXP},', 1)),
        attack("sub twice", TEXT.replace("}", ',"sub":"another"}')),
        attack("jti twice", TEXT.replace("}", ',"jti":"another"}')),
        attack("scope twice", TEXT.replace("}", ',"scope":"none","scope":"admin"}')),
        attack("tasks twice", TEXT.replace("}", ',"tasks":[],"tasks":["intent"]}')),
        attack("exp as 1e400", TEXT.replace(str(EXP), "1e400")),
        attack("exp as -1e400", TEXT.replace(str(EXP), "-1e400")),
        attack("exp in powers of ten", TEXT.replace(str(EXP), "9e12")),
        attack("exp with a fraction of zero", TEXT.replace(str(EXP), f"{EXP}.0")),
        attack("exp as Infinity", TEXT.replace(str(EXP), "Infinity")),
        attack("exp as NaN", TEXT.replace(str(EXP), "NaN")),
        attack("exp of 1,000 digits", TEXT.replace(str(EXP), "9" * 1000)),
        attack("exp with a zero before it", TEXT.replace(str(EXP), f"0{EXP}")),
        attack("exp with a plus before it", TEXT.replace(str(EXP), f"+{EXP}")),
        attack("exp in hexadecimal", TEXT.replace(str(EXP), hex(EXP))),
        attack("exp with underscores", TEXT.replace(str(EXP), f"{EXP:_}")),
        attack("exp in Arabic digits", TEXT.replace(str(EXP), "\u0661" * 10)),
        attack("claims in a list", f"[{TEXT}]"),
        attack("claims in a text", json.dumps(TEXT)),
        attack("claims in claims", compact({"claims": CLAIMS})),
        attack("no claim at all", "{}"),
        attack("claims and something behind them", f"{TEXT}x"),
        attack("claims twice", TEXT * 2),
        attack("claims of null", "null"),
        attack("1,000 lists as a claim", TEXT.replace("{", '{"x":' + "[" * 900 + "]" * 900 + ",")),
        attack("a control character in a claim", TEXT.replace("iargus-api", "iargus-api\n")),
    ],
)
def test_claims_that_no_json_of_ours_has(door: Door, claims: str) -> None:
    door.refuses(signed(claims=claims.encode()))
