"""The clock of the machine jumps: tokens, limits, and the age of the list of revoked tokens."""

from __future__ import annotations

import pytest

from tests.api.application import Api

SENTENCE = {"text": "how much is my car worth?"}


def ask(api: Api, headers: dict[str, str]) -> tuple[int, str]:
    answer = api.client.post("/intent", json=SENTENCE, headers=headers)
    return answer.status_code, answer.json().get("label", "")


@pytest.mark.parametrize("jump", [{"hours": 1}, {"days": 1}], ids=["hour", "day"])
def test_forwards_and_back_again(api: Api, jump: dict[str, float]) -> None:
    """Tokens stay good; the list of revoked ones ages by a clock that nobody sets."""
    headers, revoked = api.bearer(), api.bearer()
    assert api.client.post("/revoke_token", headers=revoked).status_code == 200
    api.clock.pass_by(**jump)
    assert ask(api, headers) == (200, "")
    assert ask(api, revoked) == (401, "TOKEN_REVOKED")
    assert api.client.get("/ready").status_code == 200
    api.clock.pass_by(**{unit: -amount for unit, amount in jump.items()})
    assert ask(api, headers) == (200, "")


@pytest.mark.parametrize("jump", [{"hours": -1}, {"days": -1}], ids=["hour", "day"])
def test_backwards(api: Api, jump: dict[str, float]) -> None:
    """Tokens from the future are refused until the clock is right; older and new ones are good."""
    old = api.bearer()
    api.clock.pass_by(days=2)
    headers = api.bearer()
    api.clock.pass_by(**jump)
    assert ask(api, headers) == (401, "TOKEN_INVALID")
    assert ask(api, old) == (200, "")
    assert ask(api, api.bearer()) == (200, "")
    assert api.client.get("/ready").status_code == 200
    api.clock.pass_by(**{unit: -amount for unit, amount in jump.items()})
    assert ask(api, headers) == (200, "")
