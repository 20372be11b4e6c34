"""Keys and algorithms that a forger has, in place of ours."""

from __future__ import annotations

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import (
    CLAIMS,
    ENCODED_HEADER,
    GOOD,
    HEADER,
    KID,
    OLD_KID,
    OLD_SECRET,
    SECRET,
    changed,
    encode,
    signed,
    unsigned,
)


def test_control_both_keys_of_the_service_are_good(door: Door) -> None:
    door.lets_in(GOOD)
    door.lets_in(signed(changed(HEADER, kid=OLD_KID), secret=OLD_SECRET))


@pytest.mark.parametrize(
    "secret",
    [
        attack("the empty secret, CVE-2019-20933", b""),
        attack("a byte of zero", b"\0"),
        attack("32 bytes of zero as secret", bytes(32)),
        attack("secret", b"secret"),
        attack("changeme", b"changeme"),
        attack("password", b"password"),
        attack("iargus", b"iargus"),
        attack("your-256-bit-secret", b"your-256-bit-secret"),
        attack("a-string-secret-at-least-256-bits-long", b"a-string-secret-at-least-256-bits-long"),
        attack("12345678901234567890123456789012", b"12345678901234567890123456789012"),
        attack("supersecretkey", b"supersecretkey"),
        attack("the word null", b"null"),
        attack("the word undefined", b"undefined"),
        attack("the kid", KID.encode()),
        attack("the issuer and the audience", b"iargus-api"),
        attack("the token's own jti", str(CLAIMS["jti"]).encode()),
        attack("the token's own header", ENCODED_HEADER.encode()),
        attack("the key without its last character", SECRET[:-1]),
    ],
)
def test_a_guessed_secret(door: Door, secret: bytes) -> None:
    door.refuses(signed(secret=secret))


@cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


@cache
def _ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _rs256(message: bytes) -> bytes:
    return _rsa().sign(message, padding.PKCS1v15(), SHA256())


def _ps256(message: bytes) -> bytes:
    return _rsa().sign(message, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())


def _es256(message: bytes) -> bytes:
    r, s = decode_dss_signature(_ec().sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def _eddsa(message: bytes) -> bytes:
    return Ed25519PrivateKey.generate().sign(message)


SIGNERS = {"RS256": _rs256, "PS256": _ps256, "ES256": _es256, "EdDSA": _eddsa}


@pytest.mark.parametrize(
    ("alg", "called"),
    [
        *(attack(f"{alg} with a key of the forger's own", alg, alg) for alg in SIGNERS),
        *(attack(f"{alg} that calls itself HS256", alg, "HS256") for alg in SIGNERS),
    ],
)
def test_a_signature_of_the_forger_s_own(door: Door, alg: str, called: str) -> None:
    parts = unsigned(changed(HEADER, alg=called))
    door.refuses(f"{parts}.{encode(SIGNERS[alg](parts.encode()))}")


@pytest.mark.parametrize(
    ("kind", "encoding", "form"),
    [
        attack(
            "an RSA public key in PEM as HMAC secret, CVE-2016-10555",
            "RSA",
            Encoding.PEM,
            PublicFormat.SubjectPublicKeyInfo,
        ),
        attack(
            "an RSA public key in DER as HMAC secret",
            "RSA",
            Encoding.DER,
            PublicFormat.SubjectPublicKeyInfo,
        ),
        attack(
            "an RSA public key in PKCS #1 as HMAC secret", "RSA", Encoding.PEM, PublicFormat.PKCS1
        ),
        attack(
            "an EC public key in PEM as HMAC secret",
            "EC",
            Encoding.PEM,
            PublicFormat.SubjectPublicKeyInfo,
        ),
        attack("an EC point as HMAC secret", "EC", Encoding.X962, PublicFormat.UncompressedPoint),
    ],
)
def test_a_public_key_as_the_secret(
    door: Door, kind: str, encoding: Encoding, form: PublicFormat
) -> None:
    key = _rsa() if kind == "RSA" else _ec()
    secret = key.public_key().public_bytes(encoding, form)
    for known in (secret, secret.strip()):
        door.refuses(signed(secret=known))
