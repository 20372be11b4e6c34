"""Signatures: cut, turned, moved, or made with something that is not the key."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_CLAIMS,
    ENCODED_HEADER,
    GOOD,
    HEADER,
    OLD_SECRET,
    SECRET,
    SIGNATURE,
    TTL_S,
    UNSIGNED,
    changed,
    claiming,
    decode,
    encode,
    headed,
    mac,
    signed,
    unsigned,
)

RAW = decode(SIGNATURE)
OTHER = claiming(sub="somebody-else", jti="b3f1c2d4-0000-4000-8000-000000000002")
OTHER_CLAIMS = OTHER.split(".")[1]


def test_control_what_the_forger_makes_is_what_the_service_issues(door: Door) -> None:
    issued = door.api.token()
    header, claims, _ = issued.split(".")
    assert decode(header) == decode(ENCODED_HEADER)
    assert claims.count(".") == 0
    assert door.api.services.tokens.authenticate(issued)[0].exp == CLAIMS["exp"]
    for token in (issued, GOOD, OTHER):
        door.lets_in(token)


@pytest.mark.parametrize(
    "signature",
    [
        attack("last four characters gone", SIGNATURE[:-4]),
        attack("last byte gone", encode(RAW[:-1])),
        attack("first byte gone", encode(RAW[1:])),
        attack("half of it", encode(RAW[:16])),
        attack("one byte of it", encode(RAW[:1])),
        attack("a zero byte behind it", encode(RAW + b"\0")),
        attack("twice in a row", encode(RAW * 2)),
        attack("backwards", encode(RAW[::-1])),
        attack("first bit turned", encode(bytes([RAW[0] ^ 0x80]) + RAW[1:])),
        attack("last bit turned", encode(RAW[:-1] + bytes([RAW[-1] ^ 1]))),
        attack(
            "first character in another case",
            SIGNATURE[0].swapcase() + SIGNATURE[1:]
            if SIGNATURE[0].isalpha()
            else "A" + SIGNATURE[1:],
        ),
        attack("in hexadecimal", RAW.hex()),
        attack("of another good token", OTHER.rpartition(".")[2]),
        attack("of the same claims under another header", headed(typ="jwt").rpartition(".")[2]),
        attack("of the claims alone", mac(ENCODED_CLAIMS)),
        attack("of the header alone", mac(ENCODED_HEADER)),
        attack("of both without the dot", mac(ENCODED_HEADER + ENCODED_CLAIMS)),
        attack("of both in the other order", mac(f"{ENCODED_CLAIMS}.{ENCODED_HEADER}")),
        attack(
            "of the decoded JSON",
            encode(
                hmac.digest(
                    SECRET, decode(ENCODED_HEADER) + b"." + decode(ENCODED_CLAIMS), "sha256"
                )
            ),
        ),
        attack("with the other key of the ring", mac(UNSIGNED, OLD_SECRET)),
        attack("a digest without a key", encode(hashlib.sha256(UNSIGNED.encode()).digest())),
        attack(
            "a digest with the key before it",
            encode(hashlib.sha256(SECRET + UNSIGNED.encode()).digest()),
        ),
        attack(
            "a digest with the key behind it",
            encode(hashlib.sha256(UNSIGNED.encode() + SECRET).digest()),
        ),
        attack("HMAC with SHA-1", mac(UNSIGNED, digest="sha1")),
        attack("HMAC with SHA-512", mac(UNSIGNED, digest="sha512")),
        attack(
            "HMAC with SHA-512, cut to 32 bytes",
            encode(hmac.digest(SECRET, UNSIGNED.encode(), "sha512")[:32]),
        ),
        attack("HMAC with the key in base64", mac(UNSIGNED, base64.b64encode(SECRET))),
        attack("HMAC with the key in hexadecimal", mac(UNSIGNED, SECRET.hex().encode())),
        attack("HMAC with the key's digest", mac(UNSIGNED, hashlib.sha256(SECRET).digest())),
        attack("HMAC with the key and a line feed", mac(UNSIGNED, SECRET + b"\n")),
    ],
)
def test_another_signature(door: Door, signature: str) -> None:
    door.refuses(f"{UNSIGNED}.{signature}")


@pytest.mark.parametrize(
    ("alg", "digest"),
    [
        attack("alg HS384, rightly signed", "HS384", "sha384"),
        attack("alg HS512, rightly signed", "HS512", "sha512"),
        attack("alg HS1, rightly signed", "HS1", "sha1"),
        attack("alg hs256, rightly signed", "hs256", "sha256"),
        attack("alg HS256 and a blank, rightly signed", "HS256 ", "sha256"),
        attack("alg HS256 and a zero byte, rightly signed", "HS256\0", "sha256"),
        attack("alg HS256 with a Cyrillic letter, rightly signed", "\u041dS256", "sha256"),
        attack("alg SHA256, rightly signed", "SHA256", "sha256"),
        attack("alg RS256 over an HMAC", "RS256", "sha256"),
        attack("alg dir, rightly signed", "dir", "sha256"),
    ],
)
def test_another_algorithm(door: Door, alg: str, digest: str) -> None:
    door.refuses(signed(changed(HEADER, alg=alg), digest=digest))


@pytest.mark.parametrize(
    "token",
    [
        attack(
            "claims of another under my signature", f"{ENCODED_HEADER}.{OTHER_CLAIMS}.{SIGNATURE}"
        ),
        attack(
            "sub changed under the old signature",
            f"{unsigned(claims=changed(CLAIMS, sub='x'))}.{SIGNATURE}",
        ),
        attack(
            "exp later under the old signature",
            f"{unsigned(claims=changed(CLAIMS, exp=CLAIMS['exp'] + TTL_S))}.{SIGNATURE}",
        ),
        attack(
            "scope added under the old signature",
            f"{unsigned(claims=changed(CLAIMS, scope='admin'))}.{SIGNATURE}",
        ),
        attack(
            "kid changed under the old signature",
            f"{unsigned(changed(HEADER, kid='own-2025'))}.{SIGNATURE}",
        ),
        attack("header and claims changed about", f"{ENCODED_CLAIMS}.{ENCODED_HEADER}.{SIGNATURE}"),
        attack("the parts moved on by one", f"{SIGNATURE}.{ENCODED_HEADER}.{ENCODED_CLAIMS}"),
        attack("three times the header", ".".join([ENCODED_HEADER] * 3)),
        attack("three times the signature", ".".join([SIGNATURE] * 3)),
    ],
)
def test_a_good_signature_in_the_wrong_place(door: Door, token: str) -> None:
    door.refuses(token)
