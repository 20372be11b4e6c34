"""Issuing, authenticating and revoking over a real SQLite store."""

from __future__ import annotations

import base64
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from iargus.auth.counters import Position
from iargus.auth.jwt.claims import Claims, decode
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.revocation.refresher import RevocationRefresher
from iargus.auth.revocation.snapshot import SWEEP_S, Changes, RevocationSnapshot
from iargus.auth.tokens.record import Holder
from iargus.auth.tokens.service import TokenService, digest_of, subject_of
from iargus.auth.tokens.store import SqlTokenStore
from iargus.errors import (
    DatabaseUnavailable,
    TokenExpired,
    TokenMalformed,
    TokenRevoked,
    TokenStateUnknown,
)
from iargus.settings import Environment, Policy, Settings
from iargus.settings.tokens import TokenPolicy
from iargus.storage.database import API, Database
from iargus.storage.schema import api_metadata
from tests.auth.issued import issued_tokens
from tests.auth.tokens.conftest import StillClock
from tests.auth.tokens.test_claims import GOOD, forge

ADA = Holder("Ada", "King", "Ada@Example.com")


class Seconds:
    """A monotonic clock that moves only when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Gate:
    """One worker: a service with its own snapshot over a shared store."""

    def __init__(self, database: Database, ring: KeyRing, clock: StillClock) -> None:
        self.seconds = Seconds()
        self.database, self.store = database, SqlTokenStore(database)
        self.snapshot = RevocationSnapshot(
            self.store, clock=clock, max_age_s=900, monotonic_s=self.seconds
        )
        self.service = TokenService(
            store=self.store,
            ring=ring,
            policy=TokenPolicy(),
            clock=clock,
            revocations=self.snapshot,
        )
        self.snapshot.refresh()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    environment = Environment.read({"IARGUS_VAR": str(tmp_path)})
    database = Database.connect(API, Settings(environment, Policy()))
    database.make_file()
    api_metadata.create_all(database.engine)
    return database


@pytest.fixture
def gate(database: Database, ring: KeyRing, clock: StillClock) -> Gate:
    return Gate(database, ring, clock)


def test_an_issued_token_is_let_in_for_180_days(gate: Gate, clock: StillClock) -> None:
    issued = gate.service.issue(ADA)
    assert issued.expires_in_s == 180 * 86_400
    assert gate.service.authenticate(issued.token)[0].sub == subject_of("ada@example.com")
    clock.pass_by(days=180)
    with pytest.raises(TokenExpired):
        gate.service.authenticate(issued.token)


def test_the_database_knows_the_digest_and_not_the_token(gate: Gate, clock: StillClock) -> None:
    issued = gate.service.issue(ADA)
    (record,) = issued_tokens(gate.database)
    assert record.digest == digest_of(issued.token)
    assert len(record.digest) == 64
    assert issued.token not in repr(record)
    assert record.holder == Holder("Ada", "King", "ada@example.com")
    assert record.created_at == clock.now.replace(tzinfo=None)
    assert (record.expires_at - record.created_at).days == 180


def test_nothing_is_issued_that_cannot_be_recorded(gate: Gate, tmp_path: Path) -> None:
    gate.store._database.dispose()
    (tmp_path / "iargus_api.db").write_bytes(b"this is no database, but long enough to be one")
    for leftover in tmp_path.glob("iargus_api.db-*"):
        leftover.unlink()
    with pytest.raises(DatabaseUnavailable):
        gate.service.issue(ADA)


def test_a_revoked_token_is_refused_at_once_here_and_elsewhere_after_a_refresh(
    gate: Gate, database: Database, ring: KeyRing, clock: StillClock
) -> None:
    elsewhere = Gate(database, ring, clock)
    token = gate.service.issue(ADA).token
    other = gate.service.issue(ADA).token
    assert gate.service.revoke(token)
    with pytest.raises(TokenRevoked):
        gate.service.authenticate(token)
    elsewhere.service.authenticate(token)
    elsewhere.snapshot.refresh()
    with pytest.raises(TokenRevoked):
        elsewhere.service.authenticate(token)
    elsewhere.service.authenticate(other)


def test_revoking_again_changes_nothing(gate: Gate, clock: StillClock) -> None:
    token = gate.service.issue(ADA).token
    assert gate.service.revoke(token)
    first = issued_tokens(gate.database)[0].revoked_at
    clock.pass_by(days=1)
    assert not gate.service.revoke(token)
    assert issued_tokens(gate.database)[0].revoked_at == first


def test_only_our_own_tokens_can_be_revoked(gate: Gate) -> None:
    with pytest.raises(TokenMalformed):
        gate.service.revoke("a.b.c")


def test_a_token_that_has_expired_cannot_be_revoked(gate: Gate, clock: StillClock) -> None:
    token = gate.service.issue(ADA).token
    clock.pass_by(days=180)
    with pytest.raises(TokenExpired):
        gate.service.revoke(token)
    assert issued_tokens(gate.database)[0].revoked_at is None


def test_a_revocation_survives_a_refresh_that_began_before_it(gate: Gate) -> None:
    """The refresh reads the store, then the token is revoked, then the old answer arrives."""
    token = gate.service.issue(ADA).token
    read = gate.store.changes

    def slow_read(since: Position, *, at: datetime) -> Changes:
        answer = read(since, at=at)
        gate.seconds.now_s += 1
        gate.service.revoke(token)
        return answer

    gate.store.changes = slow_read  # type: ignore[method-assign]
    gate.snapshot.refresh()
    with pytest.raises(TokenRevoked):
        gate.service.authenticate(token)


def test_a_snapshot_that_is_too_old_says_unknown_but_still_refuses_the_revoked(
    gate: Gate,
) -> None:
    good, bad = gate.service.issue(ADA).token, gate.service.issue(ADA).token
    gate.service.revoke(bad)
    gate.snapshot.refresh()
    gate.seconds.now_s += 900
    gate.service.authenticate(good)
    gate.seconds.now_s += 1
    with pytest.raises(TokenStateUnknown):
        gate.service.authenticate(good)
    with pytest.raises(TokenRevoked):
        gate.service.authenticate(bad)


def test_before_the_first_refresh_nobody_knows(database: Database, clock: StillClock) -> None:
    snapshot = RevocationSnapshot(SqlTokenStore(database), clock=clock, max_age_s=900)
    with pytest.raises(TokenStateUnknown):
        snapshot.holds("anything")


def test_a_token_does_not_name_its_holder(gate: Gate) -> None:
    payload = gate.service.issue(ADA).token.split(".")[1]
    said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().lower()
    assert not [word for word in ("ada", "king", "example.com") if word in said]


def test_a_revocation_of_another_program_is_found_in_time(gate: Gate, database: Database) -> None:
    issued = gate.service.issue(ADA)
    with database.transaction() as connection:
        connection.execute(text("UPDATE tokens SET revoked_at = '2026-11-01 12:00:00'"))
    gate.seconds.now_s += SWEEP_S
    gate.snapshot.refresh()
    with pytest.raises(TokenRevoked):
        gate.service.authenticate(issued.token)


def test_the_refresher_outlives_whatever_it_meets(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    read, failures = gate.store.changes, [ValueError("nobody foresaw this"), None]
    done = threading.Event()

    def unsteady_read(since: Position, *, at: datetime) -> Changes:
        failure = failures.pop(0) if failures else None
        if failure is not None:
            raise failure
        done.set()
        return read(since, at=at)

    gate.store.changes = unsteady_read  # type: ignore[method-assign]
    refresher = RevocationRefresher(gate.snapshot, interval_s=0.01)
    refresher.start()
    assert done.wait(10), "the thread has died"
    refresher.stop()
    assert "reading the revoked tokens failed" in caplog.text


def test_a_signature_is_checked_once_and_everything_else_every_time(
    gate: Gate, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def counted(token: str, *others: Any) -> Claims:
        checked.append(token)
        return decode(token, *others)

    monkeypatch.setattr("iargus.auth.keys.rotating_ring.decode", counted)
    token, revoked = (gate.service.issue(ADA).token for _ in range(2))
    for _ in range(3):
        gate.service.authenticate(token)
        gate.service.authenticate(revoked)
    assert checked == [token, revoked]

    gate.service.revoke(revoked)
    with pytest.raises(TokenRevoked):
        gate.service.authenticate(revoked)
    clock.pass_by(days=181)
    with pytest.raises(TokenExpired):
        gate.service.authenticate(token)
    clock.pass_by(days=-400)
    with pytest.raises(TokenMalformed):
        gate.service.authenticate(token)
    assert checked == [token, revoked]


def test_a_bad_token_is_never_remembered_as_good(gate: Gate) -> None:
    token = gate.service.issue(ADA).token
    gate.service.authenticate(token)
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    for _ in range(3):
        with pytest.raises(TokenMalformed):
            gate.service.authenticate(forged)


def test_every_forgery_is_refused_by_the_same_error_in_the_same_words(gate: Gate) -> None:
    refusals = []
    for token in (forge(GOOD, kid="gone"), forge(GOOD, secret=b"x" * 48), "no token at all"):
        with pytest.raises(TokenMalformed) as refused:
            gate.service.authenticate(token)
        refusals.append((type(refused.value), str(refused.value)))
    assert set(refusals) == {(TokenMalformed, "the token is not valid")}
