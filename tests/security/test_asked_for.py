"""Requests for a token that ask for more than anybody gets."""

from __future__ import annotations

from typing import Any

import pytest

from iargus.auth.tokens.record import Grant, Holder
from tests.api.application import ADA
from tests.security.attacks import attack
from tests.security.door import Door
from tests.security.forger import claiming

ADMINISTRATOR = claiming(scope="admin", tasks=[])


def test_control_less_is_granted(door: Door) -> None:
    asked = ADA | {"ttl_days": 2, "tasks": ["intent"]}
    token = door.ask("POST", "/get_token", document=asked).document["token"]
    claims, _ = door.api.services.tokens.authenticate(token)
    assert (claims.exp - claims.iat, claims.tasks) == (2 * 86_400, ["intent"])


@pytest.mark.parametrize(
    "extra",
    [
        attack("asked for: scope admin", {"scope": "admin"}),
        attack("asked for: scope admin in a grant", {"grant": {"scope": "admin"}}),
        attack("asked for: claims", {"claims": {"scope": "admin", "exp": 2**50}}),
        attack("asked for: exp", {"exp": 2**50, "expires_in": 2**50}),
        attack("asked for: another's sub", {"sub": "another", "jti": "mine"}),
        attack("asked for: role and admin", {"role": "admin", "is_admin": True}),
        attack(
            "asked for: a token to extend",
            {"security_token": ADMINISTRATOR},
        ),
        attack("asked for: a name that is a claim", {"surname": '","scope":"admin'}),
    ],
)
def test_more_than_anybody_gets(door: Door, extra: dict[str, Any]) -> None:
    """What no field is for is not heard; the token is one like every other."""
    token = door.ask("POST", "/get_token", document=ADA | extra).document["token"]
    claims, _ = door.api.services.tokens.authenticate(token)
    assert (claims.scope, claims.tasks) == (None, None)
    assert claims.exp - claims.iat == 180 * 86_400
    assert len(claims.jti) == 36
    assert door.ask("GET", "/admin/tokens", token=token).label == "SCOPE_MISSING"


@pytest.mark.parametrize(
    "extra",
    [
        attack("asked for: more days than the policy's", {"ttl_days": 181}),
        attack("asked for: a negative number of days", {"ttl_days": -1}),
        attack("asked for: days in a text", {"ttl_days": "1"}),
        attack("asked for: half a day", {"ttl_days": 0.5}),
        attack("asked for: true days", {"ttl_days": True}),
        attack("asked for: 1e400 days", {"ttl_days": 10**400}),
        attack("asked for: the task admin", {"tasks": ["admin"]}),
        attack("asked for: every task by a star", {"tasks": ["*"]}),
        attack("asked for: tasks with a comma", {"tasks": ["intent,car_price"]}),
        attack("asked for: no task", {"tasks": []}),
        attack("asked for: 33 tasks", {"tasks": ["intent"] * 33}),
        attack("asked for: tasks in an object", {"tasks": {"intent": True}}),
    ],
)
def test_what_is_not_granted(door: Door, extra: dict[str, Any]) -> None:
    answer = door.ask("POST", "/get_token", document=ADA | extra)
    assert answer.status == 422
    assert "token" not in answer.document


def test_an_ordinary_token_as_a_step_to_an_administrator_s(own: Door) -> None:
    """`/get_token` does not know who asks, so it has nothing to pass on."""
    admin = own.api.services.tokens.issue(Holder("R", "A", "r@example.com"), Grant(1, "admin", ()))
    answer = own.ask("POST", "/get_token", token=admin.token, document=ADA)
    assert own.ask("GET", "/admin/tokens", token=answer.document["token"]).label == "SCOPE_MISSING"
