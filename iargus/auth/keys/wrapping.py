"""A signing key as the database holds it: encrypted and authenticated, with the times of its life.

The key that wraps is derived (HKDF, RFC 5869) from a secret of the environment and is used for
nothing else. AES-256-GCM refuses whatever was altered, and the `kid` is part of what it
authenticates, so that the secret of one row cannot be moved into another.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, SecretStr

from iargus.settings.keys import JwtKey

# Every worker has read a key before any worker signs with it; longer where they read seldom.
SIGNS_AFTER_S = 2.0
# Who has not heard yet that a key was retired may still issue with it.
_LATE = timedelta(minutes=1)


class KeyRow(BaseModel):
    """A key, wrapped; times are UTC without a zone.

    `wrapped` is None once the secret was erased, and for a key of the environment that was
    revoked. `age_s` is how long ago the key was made, by the one clock of the database.
    `last_expiry` is when the last token ends that this key signed and that is not revoked.
    """

    model_config = ConfigDict(frozen=True)

    kid: str
    wrapped: str | None
    wrapped_with: str | None = None
    created_at: datetime
    age_s: float
    retired_at: datetime | None = None
    revoked_at: datetime | None = None
    last_expiry: datetime | None = None

    def is_expired(self, at: datetime) -> bool:
        """Whether no token needs this key any more."""
        if self.revoked_at is not None or self.wrapped is None:
            return True
        if self.retired_at is None or at <= self.retired_at + _LATE:
            return False
        return self.last_expiry is None or self.last_expiry <= at


_USE = b"iargus: wrapping of signing keys, 1"
_NONCE_BYTES = 12


def wrap(key: JwtKey, root: JwtKey) -> str:
    """Encrypt the secret of `key` for `root`; the text fits into 255 characters."""
    nonce = os.urandom(_NONCE_BYTES)
    secret = key.secret.get_secret_value().encode()
    return urlsafe_b64encode(
        nonce + _cipher(root).encrypt(nonce, secret, key.kid.encode())
    ).decode()


def unwrap(kid: str, wrapped: str, roots: Sequence[JwtKey]) -> JwtKey | None:
    """The key, or None where none of `roots` has wrapped it for this `kid`, or it was altered."""
    try:
        data = urlsafe_b64decode(wrapped)
    except ValueError:
        return None
    nonce, sealed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    for root in roots:
        try:
            secret = _cipher(root).decrypt(nonce, sealed, kid.encode())
            return JwtKey(kid=kid, secret=SecretStr(secret.decode()))
        except (InvalidTag, ValueError):
            continue
    return None


def _cipher(root: JwtKey) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=_USE)
    return AESGCM(derived.derive(root.secret.get_secret_value().encode()))
