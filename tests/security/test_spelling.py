"""Spellings: a good token written in another way, or wrapped in something."""

from __future__ import annotations

import json
import string
from base64 import b64encode

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    ENCODED_CLAIMS,
    ENCODED_HEADER,
    GOOD,
    HEADER,
    SIGNATURE,
    claiming,
    encode,
    signed,
)

# Characters that differ between the two alphabets are in it, and padding where it would be.
FULL = next(
    token
    for number in range(10_000)
    if "-" in (token := claiming(sub=f"subject>>>???{number}")).rpartition(".")[2]
    if "_" in token.rpartition(".")[2]
)
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
