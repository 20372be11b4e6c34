"""What the time of a refusal tells about a token. Every sample is a token of its own, and both
classes are made by the same steps, so that nothing but the difference that is meant is measured."""

from __future__ import annotations

import random
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import jwt

from bench.timing.application import KEYS, application
from bench.timing.welch import Comparison, Opened, Sample
from iargus.auth.jwt.claims import decode, new_claims, sign
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.loading import fresh_key
from iargus.clock import utc_now
from iargus.errors import TokenMalformed
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy

RING, POLICY = KeyRing(KEYS), TokenPolicy()
# Rings that sign wrongly: with each kid of ours, and with as many that are not.
_STRANGERS = [fresh_key() for _ in KEYS]
FORGED = (
    [
        KeyRing([JwtKey(kid=key.kid, secret=other.secret)])
        for key, other in zip(KEYS, _STRANGERS, strict=True)
    ],
    [KeyRing([other]) for other in _STRANGERS],
)
CAR = b'{"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}'
LAST_BYTE = 31
REMEMBERED = 64

Made = Callable[[bool, random.Random], str]
Timed = Callable[[str], float]
_HS256 = jwt.get_algorithm_by_name("HS256")
_SECRET = _HS256.prepare_key(KEYS[0].secret.get_secret_value())


def token(ring: KeyRing = RING, *, age_days: int = 0) -> str:
    begun = utc_now() - timedelta(days=age_days)
    claims = new_claims(POLICY, subject="s" * 32, jti=str(uuid.uuid4()), now=begun)
    return sign(claims, ring)


def altered(good: str, *, byte: int, mask: int) -> str:
    """The token with one byte of its signature changed; with mask 0 it is the same."""
    signed, _, text = good.rpartition(".")
    signature = bytearray(urlsafe_b64decode(text + "="))
    signature[byte] ^= mask
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def wrong_byte(is_last: bool, lot: random.Random) -> str:
    return altered(token(), byte=LAST_BYTE * is_last, mask=lot.randrange(1, 256))


def expired(is_forged: bool, lot: random.Random) -> str:
    old = token(age_days=2 * POLICY.ttl_days)
    return altered(old, byte=lot.randrange(32), mask=is_forged * lot.randrange(1, 256))


def forged_kid(is_unknown: bool, lot: random.Random) -> str:
    return token(lot.choice(FORGED[is_unknown]))


def remembered() -> Made:
    """Expired tokens that the worker has seen before, or the same with a wrong signature."""
    seen = [token(age_days=2 * POLICY.ttl_days) for _ in range(REMEMBERED)]

    def made(is_forged: bool, lot: random.Random) -> str:
        mask = is_forged * lot.randrange(1, 256)
        return altered(lot.choice(seen), byte=lot.randrange(32), mask=mask)

    return made


def decoding(text: str) -> float:
    """Seconds of `claims.decode` on a token that it refuses."""
    begun_s = time.perf_counter()
    try:
        decode(text, RING, POLICY)
    except TokenMalformed:
        return time.perf_counter() - begun_s
    raise RuntimeError("a wrong token was let in")


def verifying(text: str) -> float:
    """Seconds of the comparison itself, as PyJWT makes it for `claims.decode`, good or bad."""
    signed, _, signature = text.rpartition(".")
    message, given = signed.encode(), urlsafe_b64decode(signature + "=")
    begun_s = time.perf_counter()
    _HS256.verify(message, _SECRET, given)
    return time.perf_counter() - begun_s


def alone(made: Made, timed: Timed) -> Opened:
    @contextmanager
    def opened(_: Path, lot: random.Random) -> Iterator[Sample]:
        yield lambda second: timed(made(second, lot))

    return opened


def asked(make: Callable[[], Made]) -> Opened:
    """Through `POST /predict`, where every one of them is a 401."""

    @contextmanager
    def opened(folder: Path, lot: random.Random) -> Iterator[Sample]:
        made = make()
        with application(folder) as app:
            yield lambda second: app.seconds("/predict", CAR, 401, token=made(second, lot).encode())

    return opened


_BYTES = ("first byte wrong", "last byte wrong")
_KIDS = ("wrong signature, known kid", "unknown kid")
_EXPIRED = ("expired, signature good", "expired, signature wrong")
_SAID = "the answer says it: TOKEN_EXPIRED, TOKEN_INVALID"

TOKENS = [
    Comparison("signature-decode", _BYTES, alone(wrong_byte, decoding)),
    Comparison("signature-app", _BYTES, asked(lambda: wrong_byte)),
    Comparison("hmac", ("signature good", "signature wrong"), alone(expired, verifying)),
    Comparison("kid-decode", _KIDS, alone(forged_kid, decoding)),
    Comparison("kid-app", _KIDS, asked(lambda: forged_kid)),
    Comparison("expired-app", _EXPIRED, asked(lambda: expired), told=_SAID),
    Comparison("remembered-app", _EXPIRED, asked(remembered), told=_SAID),
]
