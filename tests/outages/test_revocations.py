"""Workers that start while the database is gone know the revoked tokens."""

from __future__ import annotations

import json

from tests.outages.user import User
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
