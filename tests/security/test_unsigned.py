"""Without a signature: `alg` none, nothing in its place, zeros in its place."""

from __future__ import annotations

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    GOOD,
    HEADER,
    SIGNATURE,
    UNSIGNED,
    changed,
    encode,
    headed,
    unsigned,
)


def test_control_with_a_signature_it_is_good(door: Door) -> None:
    door.lets_in(GOOD)


@pytest.mark.parametrize(
    "token",
    [
        *(
            attack(f"alg {alg!r} and no signature", unsigned(changed(HEADER, alg=alg)) + ".")
            for alg in ("none", "None", "NONE", "nOnE", "none ", "", "null")
        ),
        attack("alg none with a Cyrillic letter", unsigned(changed(HEADER, alg="n\u043ene")) + "."),
        attack("alg null and no signature", unsigned(changed(HEADER, alg=None)) + "."),
        attack("alg none and no second dot", unsigned(changed(HEADER, alg="none"))),
        attack(
            "alg none and the old signature",
            unsigned(changed(HEADER, alg="none")) + f".{SIGNATURE}",
        ),
        attack("alg none, rightly signed", headed(alg="none")),
        attack("alg none without typ and kid", unsigned({"alg": "none"}) + "."),
        attack("signature excluded, CVE-2020-28042", f"{UNSIGNED}."),
        attack("signature and its dot excluded", UNSIGNED),
        attack("signature of blanks", f"{UNSIGNED}.{' ' * 43}".replace(" ", "\t")),
        attack("signature null", f"{UNSIGNED}.null"),
        attack("32 bytes of zero", f"{UNSIGNED}.{encode(bytes(32))}"),
        attack("32 bytes of 255", f"{UNSIGNED}.{encode(bytes([255] * 32))}"),
        attack(
            "psychic signature, CVE-2022-21449, as ES256",
            unsigned(changed(HEADER, alg="ES256")) + "." + encode(bytes(64)),
        ),
        attack(
            "psychic signature in ASN.1", unsigned(changed(HEADER, alg="ES256")) + ".MAYCAQACAQA"
        ),
        attack("psychic signature under HS256", f"{UNSIGNED}.{encode(bytes(64))}"),
    ],
)
def test_without_a_signature(door: Door, token: str) -> None:
    door.refuses(token)
