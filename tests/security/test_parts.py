"""Parts: too few, too many, too long, or in another serialisation."""

from __future__ import annotations

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_CLAIMS,
    ENCODED_HEADER,
    GOOD,
    SIGNATURE,
    UNSIGNED,
    claiming,
    compact,
    encode,
    mac,
)

IV = encode(bytes(16))
ODD = f"{ENCODED_HEADER}AA.{ENCODED_CLAIMS}"


def test_control_three_parts_are_good(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(claiming(sub="s" * 255))


@pytest.mark.parametrize(
    "token",
    [
        attack("a dot behind it", f"{GOOD}."),
        attack("a dot before it", f".{GOOD}"),
        attack("two dots in place of one", GOOD.replace(".", "..", 1)),
        attack("a fourth part", f"{GOOD}.{SIGNATURE}"),
        attack("a fourth part that is the first", f"{GOOD}.{ENCODED_HEADER}"),
        attack("two parts", UNSIGNED),
        attack("one part", ENCODED_HEADER),
        attack("three dots alone", "..."),
        attack("two dots alone", ".."),
        attack("twice without a space", GOOD + GOOD),
        attack("five parts of an encrypted token", f"{ENCODED_HEADER}..{IV}.{ENCODED_CLAIMS}.{IV}"),
        attack("five parts around a good one", f"{GOOD}.{IV}.{IV}"),
        attack("a payload that is elsewhere", f"{ENCODED_HEADER}..{mac(f'{ENCODED_HEADER}.')}"),
        attack("a detached payload under its signature", f"{ENCODED_HEADER}..{SIGNATURE}"),
        attack("no header", f".{ENCODED_CLAIMS}.{mac(f'.{ENCODED_CLAIMS}')}"),
        attack("a header that is no whole number of bytes", f"{ODD}.{mac(ODD)}"),
        attack("900,000 dots", "." * 900_000),
        attack("900,000 letters", "e" * 900_000),
        attack("4,097 characters, rightly signed", claiming(sub="s" * 2_880)),
        attack("800,000 characters, rightly signed", claiming(sub="s" * 600_000)),
        attack("a good one and 900,000 letters", GOOD + "A" * 900_000),
        attack("an encrypted token in a paseto", f"v4.local.{ENCODED_CLAIMS}"),
        attack("a SAML assertion", encode(b"<saml:Assertion/>")),
        attack("a number", "1"),
        attack("the word null", "null"),
        attack("the word undefined", "undefined"),
        attack("the word true", "true"),
    ],
)
def test_another_number_of_parts(door: Door, token: str) -> None:
    door.refuses(token)


ONE = {"protected": ENCODED_HEADER, "signature": SIGNATURE}
EMPTY = {"protected": ENCODED_HEADER, "signature": "AAAA"}
PAYLOAD = {"payload": ENCODED_CLAIMS}


@pytest.mark.parametrize(
    "token",
    [
        attack("flattened JSON", compact(PAYLOAD | ONE)),
        attack("general JSON", compact(PAYLOAD | {"signatures": [ONE]})),
        attack(
            "general JSON, one of two is right", compact(PAYLOAD | {"signatures": [EMPTY, ONE]})
        ),
        attack("general JSON without a signature", compact(PAYLOAD | {"signatures": []})),
        attack(
            "flattened JSON with alg none outside", compact(PAYLOAD | {"header": {"alg": "none"}})
        ),
        attack(
            "compact and JSON in one, CVE-2022-39227", compact({f"{UNSIGNED}.": ""} | PAYLOAD | ONE)
        ),
        attack("the claims as they are", compact(CLAIMS)),
        attack("the claims in base64", ENCODED_CLAIMS),
    ],
)
def test_a_serialisation_in_json(door: Door, token: str) -> None:
    door.refuses(token)


@pytest.mark.parametrize(
    "value",
    [
        attack("a list with a good token", [GOOD]),
        attack("an object with a good token", {"token": GOOD}),
        attack("the three parts in a list", GOOD.split(".")),
        attack(
            "an object as JSON serialisation",
            PAYLOAD | ONE,
        ),
        attack("true in place of a token", True),
        attack("zero in place of a token", 0),
        attack("an empty list", []),
        attack("an empty object", {}),
    ],
)
def test_a_body_whose_token_is_no_text(door: Door, value: object) -> None:
    answer = door.ask("POST", "/intent", document={"text": "hello", "security_token": value})
    assert (answer.status, answer.label) == (401, "TOKEN_INVALID")
