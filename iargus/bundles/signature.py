"""Who vouches for a manifest: HMAC-SHA256 (RFC 2104) with a key that the registry does not hold."""

from __future__ import annotations

import hashlib
import hmac

MIN_KEY_BYTES = 32
_SCHEME = "hmac-sha256:"
# What is signed begins with its purpose, so that the key's other signatures mean nothing here.
_PURPOSE = b"iargus bundle manifest\n"


def sign(manifest: bytes, key: bytes) -> str:
    """Return the signature of the bytes of a manifest, as ``hmac-sha256:<64 hex digits>``.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"the key of bundles needs at least {MIN_KEY_BYTES} bytes")
    return _SCHEME + hmac.new(key, _PURPOSE + manifest, hashlib.sha256).hexdigest()


def verify(manifest: bytes, signature: str, key: bytes) -> bool:
    """Whether ``signature`` is that of these bytes by this key; takes the same time for all."""
    # Bytes, for compare_digest takes text of ASCII only.
    return hmac.compare_digest(sign(manifest, key).encode(), signature.encode("utf-8", "replace"))
