"""A secret of this machine: a file under `var/`, made once, for its owner's eyes only."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from iargus.atomic_write import OWNER_ONLY, staged
from iargus.errors import ConfigurationError

KEY_BYTES = 48


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
