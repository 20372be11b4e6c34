"""The keys that a process knows at one moment; it never changes, a new one takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from iargus.settings.environment import JwtKey


@dataclass(frozen=True)
class KeyRing:
    """The keys by `kid`; the first one signs, every one verifies."""

    keys: Sequence[JwtKey]
    _secrets: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a key ring needs at least one key")
        secrets = {key.kid: key.secret.get_secret_value().encode() for key in self.keys}
        object.__setattr__(self, "_secrets", secrets)

    @property
    def signing_kid(self) -> str:
        return self.keys[0].kid

    def secret(self, kid: object) -> bytes | None:
        return self._secrets.get(kid) if isinstance(kid, str) else None
