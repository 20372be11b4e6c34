"""Keys: revoked, retired, removed, of another service, or too weak to be one."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from iargus.auth.jwt.form import kid_of
from iargus.auth.keys.row import SIGNS_AFTER_S
from iargus.errors import ConfigurationError
from iargus.settings import Environment
from iargus.settings.keys import JwtKey
from tests.security.administrator import keys, rotated, sql
from tests.security.attacks import attack
from tests.security.conftest import Start
from tests.security.door import Door
from tests.security.forger import (
    ENVIRON,
    GOOD,
    HEADER,
    KID,
    OLD_KID,
    OLD_SECRET,
    changed,
    signed,
)

OLD = signed(changed(HEADER, kid=OLD_KID), secret=OLD_SECRET)


def test_control_old_and_new_keys_are_good(own: Door) -> None:
    assert SIGNS_AFTER_S < 60
    own.lets_in(GOOD)
    own.lets_in(OLD)
    kid = rotated(own)
    issued = own.api.token()
    assert kid_of(issued) == kid
    for token in (issued, GOOD, OLD):
        own.lets_in(token)


@pytest.mark.parametrize(
    ("kid", "token"),
    [
        attack("a key of the environment that signs is revoked", KID, GOOD),
        attack("a key of the environment that verifies is revoked", OLD_KID, OLD),
    ],
)
def test_a_token_of_a_revoked_key(own: Door, kid: str, token: str) -> None:
    """Also where its signature is remembered to be good."""
    own.lets_in(token)
    old = JwtKey(kid=OLD_KID, secret=SecretStr(OLD_SECRET.decode()))
    keys(own, old).retire(kid, now=True)
    own.api.services.revocations.refresh()
    own.refuses(token)


def test_a_token_of_a_revoked_key_of_the_table(own: Door) -> None:
    kid = rotated(own)
    token = own.api.token()
    own.lets_in(token)
    keys(own).retire(kid, now=True)
    own.api.services.revocations.refresh()
    own.refuses(token)
    own.lets_in(GOOD)


def test_a_token_of_a_revoked_key_after_a_restart(own: Door, start: Start) -> None:
    keys(own).retire(KID, now=True)
    start().refuses(GOOD)


def test_a_token_of_a_revoked_key_at_another_worker(own: Door, start: Start) -> None:
    other = start()
    other.lets_in(GOOD)
    keys(own).retire(KID, now=True)
    other.api.services.revocations.refresh()
    other.refuses(GOOD)


def test_a_token_of_a_revoked_key_while_the_database_is_away(own: Door, start: Start) -> None:
    """The ring that the host keeps says so."""
    keys(own).retire(KID, now=True)
    own.api.services.revocations.refresh()
    door = start(away=True)
    for answer in (*door.in_header(GOOD), *door.in_body(GOOD)):
        assert answer.status in (401, 503)
        assert not answer.predicts


def test_a_token_of_a_key_that_the_environment_no_longer_names(start: Start) -> None:
    door = start({"IARGUS_JWT_KEYS": ENVIRON["IARGUS_JWT_KEYS"].partition(",")[0]})
    door.lets_in(GOOD)
    door.refuses(OLD)


def test_a_token_of_another_service_with_the_same_kid(start: Start) -> None:
    door = start({"IARGUS_JWT_KEYS": f"{KID}:of another service with the very same name of key"})
    door.refuses(GOOD)
    door.refuses(OLD)


def test_a_token_of_a_retired_key_whose_secret_was_erased(own: Door) -> None:
    rotated(own)
    token = own.api.token()
    own.lets_in(token)
    sql(own, "UPDATE signing_keys SET wrapped = NULL")
    own.refuses(token)


def test_every_key_is_gone(own: Door) -> None:
    for kid in (KID, OLD_KID):
        sql(
            own,
            "INSERT INTO signing_keys (kid, created_at, revoked_at) "
            "VALUES (:kid, '2026-01-01', '2026-01-01')",
            kid=kid,
        )
    own.refuses(GOOD)
    own.refuses(OLD)


@pytest.mark.parametrize(
    "pair",
    [
        attack("configured: secret", "k:secret"),
        attack("configured: changeme", "k:changeme"),
        attack("configured: your-256-bit-secret", "k:your-256-bit-secret"),
        attack("configured: an empty secret", "k:"),
        attack("configured: no name", ":a secret of 32 characters or more!"),
        attack("configured: one letter 64 times", f"k:{'a' * 64}"),
        attack("configured: two letters 32 times", f"k:{'ab' * 32}"),
        attack("configured: 31 bytes", "k:abcdefghijklmnopqrstuvwxyz01234"),
        attack("configured: the secret of jwt.io", "k:a-string-secret-at-least-256-bits-long"),
        attack("configured: 32 digits", "k:12345678901234567890123456789012"),
        attack("configured: a name that walks", "../k:abcdefghijklmnopqrstuvwxyz0123456789"),
        attack(
            "configured: one name twice", ",".join(["k:abcdefghijklmnopqrstuvwxyz0123456789"] * 2)
        ),
    ],
)
def test_a_weak_key_stops_the_start(pair: str) -> None:
    with pytest.raises(ConfigurationError, match="IARGUS_JWT_KEYS") as refused:
        Environment.read({"IARGUS_JWT_KEYS": pair})
    assert pair not in str(refused.value)
