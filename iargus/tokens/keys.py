"""Where the signing keys come from: the environment, or a file made once under `var/`."""

from __future__ import annotations

from pydantic import SecretStr

from iargus.errors import ConfigurationError
from iargus.settings import Settings
from iargus.settings.environment import JwtKey
from iargus.settings.key_file import new_key, read_or_make
from iargus.tokens.ring import KeyRing

__all__ = ["fresh_key", "load_key_ring", "new_key"]


def load_key_ring(settings: Settings) -> KeyRing:
    """Give the keys of `IARGUS_JWT_KEYS`, or on a developer's machine the one under `var/`.

    Raises:
        ConfigurationError: in production without `IARGUS_JWT_KEYS`, or the file is no key.
    """
    environment = settings.environment
    if environment.jwt_keys:
        return KeyRing(environment.jwt_keys)
    if environment.production:
        raise ConfigurationError(
            "IARGUS_JWT_KEYS is not set: in production tokens are signed only with keys that "
            "the environment gives, as kid:secret pairs (`iargus keys new` makes one)"
        )
    kid, secret = read_or_make(settings.key_file)
    return KeyRing([JwtKey(kid=kid, secret=SecretStr(secret))])


def fresh_key() -> JwtKey:
    """A key that nobody has seen yet, of 384 random bits."""
    kid, _, secret = new_key().partition(":")
    return JwtKey(kid=kid, secret=SecretStr(secret))
