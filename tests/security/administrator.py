"""What happens to the keys of an application: by its administrator, or by hand in its database."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import text

from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.service import KeyService
from iargus.auth.keys.store import SqlKeyStore
from iargus.settings.keys import JwtKey
from tests.security.door import Door
from tests.security.forger import HEADER, KID, SECRET, changed, signed

OWN_KEYS = [JwtKey(kid=KID, secret=SecretStr(SECRET.decode()))]


def keys(door: Door, *more: JwtKey) -> KeyService:
    """What an administrator of the service does with its keys."""
    store = SqlKeyStore(door.api.services.databases[0])
    return KeyService(store, KeyRing([*OWN_KEYS, *more]), clock=door.api.clock)


def sql(door: Door, statement: str, **values: object) -> None:
    """Change the table of keys as somebody could who may write to the database."""
    with door.api.services.databases[0].transaction() as connection:
        connection.execute(text(statement), values)
        connection.execute(text("UPDATE token_changes SET keys_seq = keys_seq + 1"))
    door.api.services.revocations.refresh()


def rotated(door: Door) -> str:
    """Let a new key sign, and give its `kid`; that it seems to be old spares the wait."""
    kid = keys(door).rotate()
    sql(door, "UPDATE signing_keys SET created_at = '2026-01-01', retired_at = NULL")
    return kid


def headed_by(kid: str, secret: bytes) -> str:
    """A token that names a key, and is signed with a secret."""
    return signed(changed(HEADER, kid=kid), secret=secret)
