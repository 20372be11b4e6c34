"""Signing keys as `kid:secret` pairs: from an environment variable, or from a file under `var/`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from iargus.atomic_write import OWNER_ONLY, staged
from iargus.errors import ConfigurationError
from iargus.settings.wording import build

# 32 random characters in base64 or hex practically never have fewer.
MIN_DISTINCT_CHARS = 8
AKey = TypeVar("AKey", bound="Key")
KEY_BYTES = 48
# Secrets of tutorials and word lists that are long enough to pass otherwise: programs that guess
# the secret of a token try these first.
PUBLISHED_SECRETS = frozenset(
    {
        # jwt.io and jwt.io's longer ones
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-384-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        # FastAPI's tutorial
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        # RFC 7515 appendix A.1, in base64url
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9Z9CAow",
        # what people type
        "12345678901234567890123456789012",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz123456",
        "my_very_long_and_safe_secret_key",
    }
)


class Key(BaseModel):
    """A signing key: `kid` names it wherever it has signed, the secret never leaves."""

    model_config = ConfigDict(frozen=True)

    kid: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    secret: SecretStr


class JwtKey(Key):
    """A key that signs tokens."""


class BundleKey(Key):
    """A key that signs versions of models."""


def read_keys(model: type[AKey], variable: str, values: Mapping[str, str]) -> tuple[AKey, ...]:
    """The keys of an environment variable.

    Raises:
        ConfigurationError: a pair is malformed, its secret is weak, or a `kid` occurs twice.
    """
    keys: list[AKey] = []
    for pair in values.get(variable, "").split(","):
        if not pair.strip():
            continue
        kid, separator, secret = pair.strip().partition(":")
        if not separator or not secret:
            raise ConfigurationError(
                f"{variable} must be kid:secret pairs separated by commas; "
                f"pair {len(keys) + 1} has no secret"
            )
        if len(secret.encode()) < 32:
            # RFC 7518 section 3.2: a key for HS256 has at least 256 bits. It is the same HMAC.
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} is {len(secret.encode())} bytes long; "
                "HS256 needs at least 32"
            )
        if len(set(secret)) < MIN_DISTINCT_CHARS:
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} repeats {len(set(secret))} characters "
                "and can be guessed; `iargus keys new` makes one at random"
            )
        if secret in PUBLISHED_SECRETS:
            raise ConfigurationError(
                f"{variable}: the secret of key {kid!r} is published; "
                "`iargus keys new` makes one at random"
            )
        keys.append(build(model, f"{variable} ", kid=kid, secret=secret))
    # MySQL compares names without case, and would take one of two such keys for the other.
    kids = [key.kid.casefold() for key in keys]
    for key in keys:
        if kids.count(key.kid.casefold()) > 1:
            raise ConfigurationError(f"{variable} names the key {key.kid!r} twice")
    return tuple(keys)


def new_key() -> str:
    """A fresh `kid:secret` pair for `IARGUS_JWT_KEYS` or `IARGUS_BUNDLE_KEYS`."""
    return f"{secrets.token_hex(4)}:{secrets.token_urlsafe(KEY_BYTES)}"


def read_or_make(path: Path) -> tuple[str, str]:
    """Give `kid` and secret of the file, which is made when it is missing.

    Raises:
        ConfigurationError: others can read it, or it holds no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return read_key(path)


def read_key(path: Path) -> tuple[str, str]:
    """Give `kid` and secret of the file.

    Raises:
        ConfigurationError: others can read it, or it holds no key.
        OSError: it is not there, or cannot be read.
    """
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigurationError(f"{path} can be read by others (mode {mode:o}); chmod 600 it")
    kid, _, secret = path.read_text(encoding="ascii").strip().partition(":")
    if len(secret) < KEY_BYTES:
        raise ConfigurationError(f"{path} holds no key; remove it and a new one is made")
    return kid, secret


def _make(path: Path) -> None:
    # Of workers that start together one wins, and the others read the winner's key.
    with suppress(FileExistsError), staged(path, mode=OWNER_ONLY, exclusive=True) as file:
        file.write(f"{new_key()}\n".encode("ascii"))
