"""Where the signing keys come from: the environment, or a file made once under `var/`."""

from __future__ import annotations

import os
import secrets

from pydantic import SecretStr

from iargus.errors import ConfigurationError
from iargus.settings import Settings
from iargus.settings.environment import JwtKey
from iargus.tokens.ring import KeyRing

KEY_BYTES = 48


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
    path = settings.key_file
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key_file(settings)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigurationError(f"{path} can be read by others (mode {mode:o}); chmod 600 it")
    kid, _, secret = path.read_text(encoding="ascii").strip().partition(":")
    if len(secret) < KEY_BYTES:
        raise ConfigurationError(f"{path} holds no key; remove it and a new one is made")
    return KeyRing([JwtKey(kid=kid, secret=SecretStr(secret))])


def fresh_key() -> JwtKey:
    """A key that nobody has seen yet, of 384 random bits."""
    secret = secrets.token_urlsafe(KEY_BYTES)
    return JwtKey(kid=secrets.token_hex(4), secret=SecretStr(secret))


def new_key() -> str:
    """A fresh `kid:secret` pair for `IARGUS_JWT_KEYS`."""
    key = fresh_key()
    return f"{key.kid}:{key.secret.get_secret_value()}"


def _make_key_file(settings: Settings) -> None:
    path = settings.key_file
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name is taken: of workers that start together one wins, and
        # the others read the winner's key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
