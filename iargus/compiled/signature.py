"""Who vouches for a version of a model: HMAC-SHA256 (RFC 2104) with a key that the registry lacks.

What is signed names the version as well as the digests: the good files of version 3, copied over
those of version 7 together with every tag, still say that they are version 3.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass

from iargus.compiled import canonical_json

MIN_KEY_BYTES = 32
_SCHEME = "hmac-sha256:"
# What is signed begins with its purpose, so that the key's other signatures mean nothing here.
_PURPOSE = b"iargus model version 1\n"


@dataclass(frozen=True)
class Statement:
    """This is version `version` of `task`. `created_from` is the SHA-256 of its skops file and
    `bundle` that of its bundle's manifest, in hex; empty without one. The manifest has the digest
    of every other file."""

    task: str
    version: str
    created_from: str
    bundle: str

    def to_bytes(self) -> bytes:
        """Its one spelling."""
        return _PURPOSE + canonical_json.dump(asdict(self))


def sign(statement: Statement, key: bytes) -> str:
    """Return the signature as ``hmac-sha256:<64 hex digits>``.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"the key of models needs at least {MIN_KEY_BYTES} bytes")
    return _SCHEME + hmac.new(key, statement.to_bytes(), hashlib.sha256).hexdigest()


def verify(statement: Statement, signature: str, key: bytes) -> bool:
    """Whether ``signature`` is that of the statement by this key; takes the same time for all."""
    # Bytes, for compare_digest takes text of ASCII only.
    given = signature.encode("utf-8", "replace")
    return hmac.compare_digest(sign(statement, key).encode(), given)
