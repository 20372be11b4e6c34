"""Where the signing keys come from: the environment, or a file made once under `var/`."""

from __future__ import annotations

from pydantic import SecretStr

from iargus.auth.jwt.key_ring import KeyRing
from iargus.errors import ConfigurationError, SigningKeyMissing
from iargus.settings import Settings
from iargus.settings.keys import JwtKey, new_key, read_key, read_or_make


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


class KeyFileCheck:
    """Whether the key file under `var/` still holds the key that this process has read from it.

    Where it is gone, or another was made in its place, a token that is signed now would be good
    until the next start, and for this process only.
    """

    def __init__(self, settings: Settings, ring: KeyRing) -> None:
        self._path = None if settings.environment.jwt_keys else settings.key_file
        self._key = (ring.signing_kid, ring.signing_secret)
        self._seen: tuple[int, int, int] | None = None

    def __call__(self) -> None:
        """Look at the file.

        Raises:
            SigningKeyMissing: it is not there, cannot be read, or holds another key.
        """
        if self._path is None:
            return
        try:
            found = self._path.stat()
            seen = (found.st_dev, found.st_ino, found.st_mtime_ns)
            if seen == self._seen:
                return
            kid, secret = read_key(self._path)
        except (OSError, ConfigurationError) as error:
            raise SigningKeyMissing(
                f"the key file cannot be read any more ({error}); put it back, or restart the "
                "service, which makes a new key: tokens of the old one end then"
            ) from None
        if (kid, secret.encode()) != self._key:
            raise SigningKeyMissing(
                f"{self._path} holds another key than the one this service was started with; "
                "restart it"
            )
        self._seen = seen


def fresh_key() -> JwtKey:
    """A key that nobody has seen yet, of 384 random bits."""
    kid, _, secret = new_key().partition(":")
    return JwtKey(kid=kid, secret=SecretStr(secret))
