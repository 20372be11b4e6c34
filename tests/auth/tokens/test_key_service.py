"""Rotating and retiring keys, on SQLite and MariaDB, as several workers see it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from iargus.auth.jwt.claims import decode
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.rotating_ring import RotatingKeyRing
from iargus.auth.keys.row import KeyRow
from iargus.auth.keys.service import KeyService
from iargus.auth.keys.store import SqlKeyStore
from iargus.auth.keys.wrapping import wrap
from iargus.auth.revocation.snapshot import Changes, RevocationSnapshot
from iargus.auth.tokens.record import Holder
from iargus.auth.tokens.service import TokenService
from iargus.auth.tokens.store import SqlTokenStore
from iargus.clock import utc_now
from iargus.errors import (
    DatabaseUnavailable,
    DataError,
    KeysChanged,
    SigningKeyMissing,
    TokenMalformed,
    TokenStateUnknown,
)
from iargus.settings import Settings
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy
from iargus.storage.database import API, Database

ADA = Holder("Ada", "King", "ada@example.com")
FIRST = JwtKey(kid="env1", secret=SecretStr("first-of-the-environment-" * 2))
SECOND = JwtKey(kid="env2", secret=SecretStr("second-of-the-environment" * 2))
POLICY = TokenPolicy()


class Worker:
    """A process of its own: ring, snapshot, service, and a clock of how long it runs."""

    def __init__(self, database: Database, *roots: JwtKey, path: Path | None = None) -> None:
        self.now_s = 1000.0
        self.store = SqlTokenStore(database)
        environment = KeyRing(roots or (FIRST,))
        self.ring = RotatingKeyRing(environment, POLICY, path=path, monotonic_s=lambda: self.now_s)
        self.snapshot = RevocationSnapshot(
            self.store,
            clock=utc_now,
            max_age_s=900,
            ring=self.ring,
            monotonic_s=lambda: self.now_s,
        )
        self.service = TokenService(
            store=self.store,
            ring=self.ring,
            policy=POLICY,
            clock=utc_now,
            revocations=self.snapshot,
        )
        self.snapshot.refresh()

    def issue(self) -> str:
        return self.service.issue(ADA).token

    def kid(self) -> str:
        return self.ring.signing().signing_kid

    def lets_in(self, token: str) -> bool:
        try:
            self.service.authenticate(token)
        except TokenMalformed:
            return False
        return True


Keys = Callable[..., KeyService]


@pytest.fixture
def database(any_database_settings: Settings) -> Database:
    return Database.connect(API, any_database_settings)


@pytest.fixture
def keys(database: Database) -> Keys:
    def service(*roots: JwtKey) -> KeyService:
        return KeyService(SqlKeyStore(database), KeyRing(roots or (FIRST,)), clock=utc_now)

    return service


def states(service: KeyService) -> dict[str, str]:
    return {info.kid: info.state for info in service.listed()}


def test_without_rows_the_environment_signs(database: Database, keys: Keys) -> None:
    assert Worker(database).kid() == "env1"
    assert states(keys(FIRST, SECOND)) == {"env1": "signs", "env2": "verifies"}


def test_a_new_key_verifies_at_once_and_signs_once_everybody_has_read_it(
    database: Database, keys: Keys
) -> None:
    one, two = Worker(database), Worker(database)
    old = one.issue()
    kid = keys().rotate()
    one.snapshot.refresh()
    assert one.kid() == "env1", "the other worker does not know the new key yet"
    two.snapshot.refresh()
    one.now_s += 3
    assert one.kid() == kid
    new = one.issue()
    assert all(worker.lets_in(token) for worker in (one, two) for token in (old, new))
    assert states(keys()) == {kid: "signs", "env1": "verifies"}


def test_a_second_rotation_retires_the_first_key_until_its_last_token_ends(
    database: Database, keys: Keys
) -> None:
    first = keys().rotate()
    worker = Worker(database)
    worker.now_s += 3
    token = worker.issue()
    second = keys().rotate()
    worker.snapshot.refresh()
    worker.now_s += 3
    assert worker.kid() == second
    assert worker.lets_in(token)
    info = {info.kid: info for info in keys().listed()}
    assert (info[first].state, info[first].use.tokens, info[first].use.people) == ("verifies", 1, 1)
    rows = SqlKeyStore(database).rows()
    later = utc_now().replace(tzinfo=None) + timedelta(days=181)
    worker.ring.apply(rows, at=later)
    assert set(worker.ring.verifying) == {second, "env1"}, "nobody needs the first any more"


def test_a_spent_key_is_erased_from_the_table(database: Database, keys: Keys) -> None:
    first, second = keys().rotate(), keys().rotate()
    long_ago = "UPDATE signing_keys SET retired_at = '2020-01-01 00:00:00' WHERE kid = :kid"
    with database.transaction() as connection:
        connection.execute(text(long_ago), {"kid": first})
    assert keys().erase_expired() == 1
    assert keys().erase_expired() == 0
    assert states(keys()) == {second: "signs", first: "dropped", "env1": "verifies"}


def test_an_emergency_ends_the_key_s_tokens_also_where_they_are_remembered(
    database: Database, keys: Keys
) -> None:
    kid = keys().rotate()
    one, two = Worker(database), Worker(database)
    two.now_s = one.now_s = one.now_s + 3
    tokens = [one.issue(), two.issue()]
    assert all(worker.lets_in(token) for worker in (one, two) for token in tokens)
    assert (keys().use_of(kid).tokens, keys().use_of(kid).people) == (2, 1)
    replacement = keys().retire(kid, now=True)
    for worker in (one, two):
        worker.snapshot.refresh()
        assert not any(worker.lets_in(token) for token in tokens)
        assert worker.kid() == replacement, "nobody may sign with the old one for a while"
    assert states(keys())[kid] == "revoked"
    assert SqlKeyStore(database).rows()[1].wrapped is None, "its secret is erased"
    with pytest.raises(DataError, match="no key"):
        keys().retire(kid, now=True)


def test_a_key_of_the_environment_can_be_revoked_although_the_environment_names_it(
    database: Database, keys: Keys
) -> None:
    worker = Worker(database, FIRST, SECOND)
    token = worker.issue()
    replacement = keys(FIRST, SECOND).retire("env1", now=True)
    worker.snapshot.refresh()
    assert not worker.lets_in(token)
    assert worker.kid() == replacement
    assert not Worker(database, FIRST, SECOND).lets_in(token)
    (row, _) = SqlKeyStore(database).rows()
    assert row.wrapped_with == "env2", "the secret that became known wraps nothing new"


def test_of_two_who_rotate_at_once_one_is_told_so(database: Database, keys: Keys) -> None:
    start, failures, made = threading.Barrier(2), [], []

    class Late(SqlKeyStore):
        def rotate(self, *arguments: object, **options: object) -> None:
            start.wait(20)
            super().rotate(*arguments, **options)  # type: ignore[arg-type]

    def rotate() -> None:
        try:
            made.append(KeyService(Late(database), KeyRing([FIRST]), clock=utc_now).rotate())
        except KeysChanged as error:
            failures.append(error)

    threads = [threading.Thread(target=rotate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(made), len(failures)) == (1, 1)
    assert states(keys()) == {made[0]: "signs", "env1": "verifies"}


def test_a_row_that_was_tampered_with_is_refused_and_told_of(
    database: Database, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    kid, other = keys().rotate(), keys().rotate()
    worker = Worker(database)
    worker.now_s += 3
    token = worker.issue()
    with database.transaction() as connection:
        swap = (
            "UPDATE signing_keys SET wrapped = (SELECT w FROM (SELECT wrapped AS w FROM "
            "signing_keys WHERE kid = :kid) AS source) WHERE kid = :other"
        )
        connection.execute(text(swap), {"kid": kid, "other": other})
        connection.execute(text("UPDATE token_changes SET keys_seq = keys_seq + 1"))
    worker.snapshot.refresh()
    assert f"the signing key {other} is refused" in caplog.text
    assert not worker.lets_in(token), "the key that had signed it cannot be told any more"
    assert keys().listed()[0].state == "unreadable"
    assert worker.kid() == kid


def test_a_row_with_a_kid_of_the_environment_changes_nothing(database: Database) -> None:
    other = JwtKey(kid="env1", secret=SecretStr("another-secret-of-the-same-name" * 2))
    row = KeyRow(
        kid="env1", wrapped=wrap(other, FIRST), created_at=utc_now().replace(tzinfo=None), age_s=0
    )
    SqlKeyStore(database).rotate(row, after=None)
    worker = Worker(database, FIRST)
    assert worker.ring.verifying["env1"] == FIRST


def test_the_root_secret_is_rotated_with_both_in_the_environment(
    database: Database, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    kid = keys(FIRST).rotate()
    assert kid in Worker(database, SECOND, FIRST).ring.verifying
    assert keys(SECOND, FIRST).rewrap() == 1
    assert kid in Worker(database, SECOND).ring.verifying
    assert keys(SECOND).listed()[0].wrapped_with == "env2"
    assert kid not in Worker(database, FIRST).ring.verifying
    assert "no secret of this host's environment" in caplog.text
    with pytest.raises(DataError, match="must still name env2"):
        keys(FIRST).rewrap()


def test_the_ring_outlives_an_outage_and_a_restart_within_it(
    database: Database, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ring" / "signing-keys.json"
    kid = keys().rotate()
    worker = Worker(database, path=path)
    worker.now_s += 3
    token = worker.issue()
    assert path.stat().st_mode & 0o777 == 0o600
    key = worker.ring.verifying[kid].secret.get_secret_value()
    assert key not in path.read_text()

    def away(*_: object, **__: object) -> Changes:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(worker.store, "changes", away)
    with pytest.raises(DatabaseUnavailable):
        worker.snapshot.refresh()
    assert worker.lets_in(token)
    restarted = RotatingKeyRing(KeyRing([FIRST]), POLICY, path=path)
    assert restarted.decode(token).iss == "iargus"
    path.write_text("{")
    assert set(RotatingKeyRing(KeyRing([FIRST]), POLICY, path=path).verifying) == {"env1"}


def test_an_unknown_key_is_401_and_in_an_outage_503(database: Database, keys: Keys) -> None:
    worker, elsewhere = Worker(database), Worker(database)
    keys().rotate()
    elsewhere.snapshot.refresh()
    elsewhere.now_s += 3
    token = elsewhere.issue()
    assert not worker.lets_in(token)
    worker.now_s += 6
    with pytest.raises(TokenStateUnknown):
        worker.service.authenticate(token)
    worker.snapshot.refresh()
    assert worker.lets_in(token)


def test_where_every_key_is_gone_nothing_is_signed_and_nothing_let_in(
    database: Database, keys: Keys
) -> None:
    worker = Worker(database)
    token = worker.issue()
    keys(SECOND, FIRST).retire("env1", now=True)
    keys(SECOND, FIRST).rotate()
    worker.snapshot.refresh()
    assert not worker.lets_in(token)
    with pytest.raises(SigningKeyMissing):
        worker.issue()


def test_the_secret_in_the_table_verifies_what_the_ring_signed(
    database: Database, keys: Keys
) -> None:
    kid = keys().rotate()
    worker = Worker(database)
    worker.now_s += 3
    ring = worker.ring.signing()
    assert ring.signing_kid == kid
    assert decode(worker.issue(), ring, POLICY).aud == "iargus-api"
