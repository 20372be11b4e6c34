"""The database goes away in every way there is, and comes back."""

from __future__ import annotations

import pytest

from tests.outages.databases import NAMES
from tests.outages.user import AT_ONCE_S, User
from tests.outages.world import World

ROUNDS = 5


@pytest.mark.parametrize("fault", NAMES)
def test_an_outage_of_the_database(service: World, user: User, fault: str) -> None:
    """Tokens are judged and predictions given; what needs the database is 503 at once; when it
    is back, everything works and every prediction is recorded."""
    assert user.predict().status_code == 200
    user.server.wait_for(lambda: not unrecorded(service, user), "the prediction is recorded")
    service.database.begin(fault)
    try:
        for _ in range(ROUNDS):
            assert user.predict().status_code == 200
            assert user.intent().status_code == 200
            assert user.predict_everywhere(user.revoked) == {401}
            assert user.predict("no.token.ofours").status_code == 401
            for path, answer, took_s in user.needs_the_database():
                assert answer.status_code == 503, f"{path}: {answer.text}"
                assert answer.json()["label"] == "DATABASE_UNAVAILABLE"
                assert int(answer.headers["Retry-After"]) > 0
                assert took_s < AT_ONCE_S, path
            assert user.server.status("/live") == 200
            assert user.server.status("/ready") == 200
    finally:
        service.database.end()

    user.server.wait_for(
        lambda: all(user.get_token().status_code == 200 for _ in range(5)), "tokens are issued"
    )
    user.server.wait_for(lambda: not unrecorded(service, user), "all are recorded")
    user.revoke(user.spare)
    label = {"prediction_id": user.answered[0], "label": 15_000}
    user.server.wait_for(
        lambda: user.post("/feedback", user.token, label).status_code == 202, "a label is taken"
    )


def unrecorded(service: World, user: User) -> set[str]:
    rows = service.rows("SELECT prediction_id FROM iargus_api.predictions")
    return set(user.answered) - {number for (number,) in rows}
