"""Rows of keys: stolen as they are wrapped, changed, or put into the table by a forger."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from iargus.auth.keys.store import SqlKeyStore
from iargus.auth.keys.wrapping import unwrap, wrap
from iargus.settings.keys import JwtKey
from tests.security.administrator import OWN_KEYS, headed_by, keys, rotated, sql
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import GOOD, KID, SECRET

FORGED = b"a secret that a forger has made for himself, long enough"


def test_control_a_key_of_the_table_is_good(own: Door) -> None:
    rotated(own)
    own.lets_in(own.api.token())


@pytest.mark.parametrize(
    "form",
    [
        attack(f"the wrapped key {form} as the secret", form)
        for form in ("as text", "decoded", "without its nonce", "without its tag")
    ],
)
def test_a_wrapped_key_that_was_stolen(own: Door, form: str) -> None:
    kid = rotated(own)
    with own.api.services.databases[0].transaction() as connection:
        wrapped = str(connection.execute(text("SELECT wrapped FROM signing_keys")).scalar_one())
    data = urlsafe_b64decode(wrapped)
    secret = {
        "as text": wrapped.encode(),
        "decoded": data,
        "without its nonce": data[12:],
        "without its tag": data[12:-16],
    }[form]
    own.refuses(headed_by(kid, secret))


def _forged(kid: str, root_kid: str, root: bytes) -> str:
    """A forger's key, wrapped as the service would, with a secret of his choice."""
    key = JwtKey(kid=kid, secret=SecretStr(FORGED.decode()))
    return wrap(key, JwtKey(kid=root_kid, secret=SecretStr(root.decode())))


INSERT = (
    "INSERT INTO signing_keys (kid, wrapped, wrapped_with, created_at) "
    "VALUES (:kid, :wrapped, :root, '2026-01-01')"
)


@pytest.mark.parametrize(
    ("kid", "root_kid", "root"),
    [
        attack("a row wrapped with the forger's own secret", "mine", KID, FORGED),
        attack("a row wrapped with the empty secret", "mine", KID, b""),
        attack("a row wrapped with the name of the root", "mine", KID, KID.encode()),
        attack("a row that takes the place of a key of the environment", KID, KID, FORGED),
        attack("a row with a root that nobody knows", "mine", "unknown", FORGED),
    ],
)
def test_a_row_that_a_forger_writes(own: Door, kid: str, root_kid: str, root: bytes) -> None:
    sql(own, INSERT, kid=kid, wrapped=_forged(kid, root_kid, root), root=root_kid)
    own.refuses(headed_by(kid, FORGED))
    own.lets_in(GOOD)
    own.lets_in(own.api.token())


@pytest.mark.parametrize(
    "wrapped",
    [
        attack("a row with the secret as it is", FORGED.decode()),
        attack("an empty secret in a row", ""),
        attack("a row with no base64", "***"),
        attack("a row with twelve bytes of zero", "AAAAAAAAAAAAAAAA"),
        attack("a row with half a text of base64", "A"),
    ],
)
def test_a_row_that_is_not_wrapped(own: Door, wrapped: str) -> None:
    sql(own, INSERT, kid="mine", wrapped=wrapped, root=KID)
    for secret in (wrapped.encode(), b"", FORGED):
        own.refuses(headed_by("mine", secret))
    own.lets_in(own.api.token())


def test_a_wrapped_key_under_another_name(own: Door) -> None:
    """The `kid` is part of what is authenticated: a token of it is not one of the other."""
    rotated(own)
    token = own.api.token()
    own.lets_in(token)
    sql(own, "UPDATE signing_keys SET kid = 'mine'")
    own.refuses(token)
    _, claims, signature = token.split(".")
    own.refuses(f"{headed_by('mine', SECRET).partition('.')[0]}.{claims}.{signature}")


def _rows(door: Door) -> dict[str, tuple[str, bytes]]:
    """What the table holds of each key, and its secret, as one who has stolen both would know."""
    found = {}
    for row in SqlKeyStore(door.api.services.databases[0]).rows():
        assert row.wrapped is not None
        key = unwrap(row.kid, row.wrapped, OWN_KEYS)
        assert key is not None
        found[row.kid] = (row.wrapped, key.secret.get_secret_value().encode())
    return found


def test_wrapped_keys_that_changed_places(own: Door) -> None:
    first, second = rotated(own), rotated(own)
    rows = _rows(own)
    for kid, other in ((first, second), (second, first)):
        own.lets_in(headed_by(kid, rows[kid][1]))
        sql(own, "UPDATE signing_keys SET wrapped = :w WHERE kid = :k", w=rows[other][0], k=kid)
    own.refuses(headed_by(first, rows[second][1]))
    own.refuses(headed_by(second, rows[first][1]))


def test_a_revoked_key_that_comes_back_under_another_name(own: Door) -> None:
    """Its secret was stolen, so it was revoked; its wrapped form is in a backup."""
    kid = rotated(own)
    wrapped, secret = _rows(own)[kid]
    own.lets_in(headed_by(kid, secret))
    keys(own).retire(kid, now=True)
    sql(own, INSERT, kid="mine", wrapped=wrapped, root=KID)
    own.refuses(headed_by(kid, secret))
    own.refuses(headed_by("mine", secret))
