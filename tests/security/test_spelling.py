"""Spellings: a good token written in another way, cut, joined, wrapped, or too long."""

from __future__ import annotations

import json
import string
from base64 import b64encode

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_CLAIMS,
    ENCODED_HEADER,
    GOOD,
    HEADER,
    SIGNATURE,
    UNSIGNED,
    claiming,
    compact,
    encode,
    mac,
    signed,
)

# Characters that differ between the two alphabets are in it, and padding where it would be.
FULL = next(
    token
    for number in range(10_000)
    if "-" in (token := claiming(sub=f"subject>>>???{number}")).rpartition(".")[2]
    if "_" in token.rpartition(".")[2]
)
IV = encode(bytes(16))
ODD = f"{ENCODED_HEADER}AA.{ENCODED_CLAIMS}"
SPARE = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def test_control_the_spellings_that_these_alter_are_good(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(FULL)
    door.lets_in(signed(json.dumps(HEADER, indent=1).encode()))


def _last(by: int) -> str:
    """The last character with other bits where a decoder reads none."""
    return GOOD[:-1] + SPARE[SPARE.index(GOOD[-1]) + by]


@pytest.mark.parametrize(
    "token",
    [
        attack("padded", f"{GOOD}="),
        attack("padded twice", f"{GOOD}=="),
        attack("header padded", f"{ENCODED_HEADER}=.{ENCODED_CLAIMS}.{SIGNATURE}"),
        attack("claims padded", f"{ENCODED_HEADER}.{ENCODED_CLAIMS}==.{SIGNATURE}"),
        attack("percent-encoded padding", f"{GOOD}%3D"),
        *(attack(f"spare bits of the signature {by}", _last(by)) for by in (1, 2, 3)),
        attack("the alphabet of plain base64", FULL.replace("-", "+").replace("_", "/")),
        attack("a plus in place of a minus", FULL.replace("-", "+")),
        attack("in capitals", GOOD.upper()),
        attack("percent-encoded dots", GOOD.replace(".", "%2E")),
        attack("percent-encoded first letter", "%65" + GOOD[1:]),
        attack("full-width first letter", "\uff45" + GOOD[1:]),
        attack("full-width dots", GOOD.replace(".", "\uff0e")),
        attack("ideographic full stops", GOOD.replace(".", "\u3002")),
        attack("a Cyrillic letter", "\u0435" + GOOD[1:]),
        attack("an Arabic digit", GOOD + "\u0660"),
        attack("a zero-width space behind it", f"{GOOD}\u200b"),
        attack("a soft hyphen in it", f"{GOOD[:9]}\u00ad{GOOD[9:]}"),
        attack("a byte order mark before it", f"\ufeff{GOOD}"),
        attack("a combining accent behind it", f"{GOOD}\u0301"),
        attack("a zero byte behind it", f"{GOOD}\0"),
        attack("a zero byte and another name", f"{GOOD}\0.admin"),
        attack("a zero byte before it", f"\0{GOOD}"),
        attack("a form feed behind it", f"{GOOD}\f"),
        attack("a vertical tab behind it", f"{GOOD}\v"),
        attack("a file separator behind it", f"{GOOD}\x1c"),
        attack("a tab in it", f"{GOOD[:9]}\t{GOOD[9:]}"),
        attack("a comma behind it", f"{GOOD},"),
        attack("a semicolon behind it", f"{GOOD};x=y"),
        attack("in double quotes", f'"{GOOD}"'),
        attack("in single quotes", f"'{GOOD}'"),
        attack("in angle brackets", f"<{GOOD}>"),
        attack("in base64 once more", b64encode(GOOD.encode()).decode()),
        attack("in base64url once more", encode(GOOD.encode())),
        attack("in hexadecimal", GOOD.encode().hex()),
        attack("backwards", GOOD[::-1]),
    ],
)
def test_another_spelling(door: Door, token: str) -> None:
    door.refuses(token)


@pytest.mark.parametrize(
    "token",
    [
        attack("a no-break space before it", f"\u00a0{GOOD}"),
        attack("a no-break space behind it", f"{GOOD}\u00a0"),
        attack("a control character before it", f"\u0085{GOOD}"),
        attack("a control character behind it", f"{GOOD}\u0085"),
    ],
)
def test_a_byte_that_python_takes_for_a_blank(door: Door, token: str) -> None:
    assert token.strip() == GOOD
    door.refuses(token, header=False)
    field = f"Bearer {token}".encode("latin-1")
    answer = door.ask("POST", "/predict", headers=[("authorization", field)])
    assert (answer.status, answer.label) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize(
    "token",
    [
        attack("blank before it", f" {GOOD}"),
        attack("blank behind it", f"{GOOD} "),
        attack("tab behind it", f"{GOOD}\t"),
        attack("line feed behind it", f"{GOOD}\n"),
        attack("line break behind it", f"{GOOD}\r\n"),
        attack("line break and a header behind it", f"{GOOD}\r\nX-Admin: 1"),
        attack("line feed in it", GOOD.replace(".", ".\n", 1)),
        attack("blank in it", GOOD.replace(".", ". ", 1)),
        attack("the scheme before it", f"Bearer {GOOD}"),
        attack("two tokens with a comma", f"{GOOD}, {GOOD}"),
        attack("two tokens with a blank", f"{GOOD} {GOOD}"),
    ],
)
def test_another_spelling_in_a_body(door: Door, token: str) -> None:
    """In JSON nothing around a token is a blank of HTTP."""
    door.refuses(token, header=False)


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
