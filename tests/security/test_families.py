"""The families of Wycheproof's vectors, made with the key of this service."""

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
    compact,
    encode,
    mac,
)


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
