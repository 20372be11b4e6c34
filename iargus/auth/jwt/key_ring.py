"""The keys that a process knows; immutable, and replaced as a whole."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from iargus.settings.keys import JwtKey


@dataclass(frozen=True)
class KeyRing:
    """The keys by `kid`; the first one signs, every one verifies."""

    keys: Sequence[JwtKey]
    _secrets: dict[str, tuple[bytes, bool]] = field(init=False, repr=False)
    _stand_in: tuple[bytes, bool] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a key ring needs at least one key")
        by_kid = {key.kid: (key.secret.get_secret_value().encode(), True) for key in self.keys}
        object.__setattr__(self, "_secrets", by_kid)
        stand_in = secrets.token_bytes(len(self.signing_secret))
        object.__setattr__(self, "_stand_in", (stand_in, False))

    @property
    def signing_kid(self) -> str:
        return self.keys[0].kid

    @property
    def signing_secret(self) -> bytes:
        return self._secrets[self.signing_kid][0]

    def secret(self, kid: str) -> tuple[bytes, bool]:
        """The secret to check with, and whether it is ours. Where no key of the ring has this name,
        it is nobody's, and only there so that a refusal takes as long as another."""
        return self._secrets.get(kid, self._stand_in)
