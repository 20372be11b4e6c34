"""Signing keys as the database holds them: encrypted and authenticated.

The key for that is derived (HKDF, RFC 5869) from a secret of the environment and is used for
nothing else. AES-256-GCM refuses whatever was altered, and the `kid` is part of what it
authenticates, so that the secret of one row cannot be moved into another.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from iargus.settings.keys import JwtKey

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
