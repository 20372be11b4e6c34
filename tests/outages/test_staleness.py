"""An outage that outlasts the list of revoked tokens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outages.user import User
from tests.outages.world import World, world


@pytest.fixture(scope="module")
def service(prepared_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Like the shared one, with a list that soon is too old."""
    folder = tmp_path_factory.mktemp("outage")
    shutil.copytree(prepared_var, folder / "var")
    policy = {"tokens": {"revocation_max_age_s": 3}}
    with world(folder, folder / "var", policy=policy) as started:
        yield started
    assert "Traceback" not in started.log()


def test_a_list_that_is_too_old_makes_good_tokens_unknown(service: World, user: User) -> None:
    service.database.begin("refused")
    try:
        assert user.predict().status_code == 200
        user.server.wait_for(lambda: user.predict_everywhere(user.token) == {503}, "it is too old")
        answer = user.predict()
        assert answer.json()["label"] == "TOKEN_STATE_UNKNOWN"
        assert int(answer.headers["Retry-After"]) > 0
        # What is known stays known.
        assert user.predict(user.revoked).status_code == 401
        assert user.predict("no.token.ofours").status_code == 401
        assert user.server.status("/ready") == 503
        assert user.server.status("/live") == 200
    finally:
        service.database.end()
    user.server.wait_for(lambda: user.predict_everywhere(user.token) == {200}, "tokens are judged")
    assert user.server.status("/ready") == 200
