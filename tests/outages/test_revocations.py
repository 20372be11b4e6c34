"""Workers that start while the database is gone know the revoked tokens."""

from __future__ import annotations

import json
import time

from iargus.auth.jwt.form import kid_of
from iargus.auth.keys.loading import load_key_ring
from iargus.auth.keys.service import KeyService
from iargus.auth.keys.store import SqlKeyStore
from iargus.clock import utc_now
from iargus.settings import Settings
from iargus.storage.database import API, Database
from tests.outages.user import EVERY_WORKER_S, User
from tests.outages.world import World


def test_a_service_that_starts_in_an_outage_judges_tokens(service: World, user: User) -> None:
    """By the list that the workers before have kept on disk, for as long as one in memory."""
    kept = service.var_dir / "revoked.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    document = json.loads(kept.read_text())
    assert set(document) == {"format", "read_at", "revoked"}, "nothing of a person"
    service.database.begin("killed")
    try:
        assert service.server.stop() == 0
        service.server.start()
        assert user.predict_everywhere(user.token) == {200}
        assert user.is_refused_everywhere()
        assert user.get_token().status_code == 503
        # With a list that cannot be trusted, nobody can say which tokens are good.
        assert service.server.stop() == 0
        kept.write_text(json.dumps(document | {"read_at": document["read_at"] + 3600}))
        service.server.start("/live")
        answer = user.predict()
        assert (answer.status_code, answer.json()["label"]) == (503, "TOKEN_STATE_UNKNOWN")
        assert service.server.status("/ready") == 503
    finally:
        service.database.end()
    service.server.wait_for(
        lambda: user.predict_everywhere(user.token) == {200}, "tokens are judged"
    )
    assert user.is_refused_everywhere()


def test_also_tokens_of_a_key_that_was_rotated_in(service: World, user: User) -> None:
    """By the ring that is kept beside the list; without it nobody can say, and nobody says no."""
    kid, deadline_s = _rotate(service), time.monotonic() + EVERY_WORKER_S
    # Of two workers one may sign with the new key a moment before the other.
    token = user.token
    while kid_of(token) != kid:
        assert time.monotonic() < deadline_s, "the new key signs"
        token = user.new_token()
    kept = service.var_dir / "signing-keys.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    service.database.begin("killed")
    try:
        assert service.server.stop() == 0
        service.server.start()
        assert user.predict_everywhere(token) == {200}
        assert user.predict_everywhere(user.token) == {200}, "of the key before"
        assert user.is_refused_everywhere()
        assert service.server.stop() == 0
        kept.unlink()
        service.server.start()
        assert user.predict_everywhere(token) == {503}
    finally:
        service.database.end()
    service.server.wait_for(lambda: user.predict_everywhere(token) == {200}, "the key is known")


def _rotate(service: World) -> str:
    settings = Settings.read(service.environ)
    database = Database.connect(API, settings)
    try:
        return KeyService(SqlKeyStore(database), load_key_ring(settings), clock=utc_now).rotate()
    finally:
        database.dispose()
