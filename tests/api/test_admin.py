"""`/admin/tokens`, and tokens that open less than everything."""

from __future__ import annotations

import shutil
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from iargus.api.problems import from_error
from iargus.auth.tokens.record import Grant, Holder
from iargus.errors import AddressNotAllowed, InvitationInvalid, PersonNotAllowed
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running
from tests.api.test_tokens import CAR

ADMIN: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "/admin/tokens", None),
    ("GET", "/admin/tokens/x", None),
    ("POST", "/admin/tokens/search", {}),
    ("POST", "/admin/tokens/revoke", {"jti": "x"}),
]


def issued(api: Api, grant: Grant, email: str = "root@example.com") -> dict[str, str]:
    token = api.services.tokens.issue(Holder("Root", "Admin", email), grant).token
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def admin(api: Api) -> dict[str, str]:
    return issued(api, Grant(1, "admin", ()))


@pytest.mark.parametrize(("method", "path", "body"), ADMIN)
def test_only_the_scope_admin_opens_these_routes(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    refused = api.client.request(method, path, json=body, headers=api.bearer())
    assert (refused.status_code, refused.json()["label"]) == (403, "SCOPE_MISSING")
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert api.client.request(method, path, json=body).json()["label"] == "TOKEN_MISSING"


def test_a_scope_cannot_be_asked_for_at_get_token(api: Api) -> None:
    token = api.client.post("/get_token", json=ADA | {"scope": "admin"}).json()["token"]
    answer = api.client.get("/admin/tokens", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["label"] == "SCOPE_MISSING"


def test_a_token_for_administrators_opens_no_task(api: Api, admin: dict[str, str]) -> None:
    answer = api.client.post("/predict", json=CAR, headers=admin)
    assert (answer.status_code, answer.json()["label"]) == (403, "TASK_NOT_ALLOWED")


def test_pages_hold_every_token_once_while_others_are_issued(
    api: Api, admin: dict[str, str]
) -> None:
    for number in range(5):
        api.token(email=f"p{number}@example.com")
    seen, cursor = [], None
    while True:
        where = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.client.get("/admin/tokens", params=where, headers=admin).json()
        seen += [token["jti"] for token in page["tokens"]]
        api.token(email="late@example.com")
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6
    assert api.client.get(f"/admin/tokens/{seen[0]}", headers=admin).json()["jti"] == seen[0]
    unknown = api.client.get("/admin/tokens/nobody", headers=admin)
    assert (unknown.status_code, unknown.json()["label"]) == (404, "TOKEN_UNKNOWN")


def test_addresses_are_masked_and_never_taken_from_a_url(api: Api, admin: dict[str, str]) -> None:
    api.token()
    found = api.client.post(
        "/admin/tokens/search", json={"email": "ADA@example.com"}, headers=admin
    )
    (token,) = found.json()["tokens"]
    assert token["email"] == "a…@example.com"
    assert "ada@" not in found.text
    assert "digest" not in token
    refused = api.client.get("/admin/tokens?email=ada@example.com", headers=admin)
    assert refused.status_code == 422


def test_more_than_one_is_revoked_only_when_as_many_are_expected(
    api: Api, admin: dict[str, str]
) -> None:
    mine, other = [api.bearer() for _ in range(2)], api.bearer(email="bob@example.com")
    which = {"email": "ada@example.com"}
    asked = api.client.post("/admin/tokens/revoke", json=which, headers=admin)
    assert (asked.status_code, asked.json()["label"]) == (409, "REVOCATION_UNEXPECTED")
    assert "2 valid tokens, 1 person" in asked.json()["detail"]
    for body in ({"expected": 4}, {}):
        everything = api.client.post("/admin/tokens/revoke", json=body, headers=admin)
        assert everything.json()["label"] == "REVOCATION_UNEXPECTED"
    done = api.client.post("/admin/tokens/revoke", json=which | {"expected": 2}, headers=admin)
    assert done.json()["revoked"] == 2
    assert "iargus_tokens_revoked_total 2.0" in api.client.get("/metrics").text
    api.services.revocations.refresh()
    for headers in mine:
        answer = api.client.post("/predict", json=CAR, headers=headers)
        assert answer.json()["label"] == "TOKEN_REVOKED"
    assert api.client.post("/predict", json=CAR, headers=other).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"emial": "x"},
        {"issued_before": "yesterday"},
        {"older_than_days": -1},
        {"limit": 0},
        {"limit": 10_000},
        {"cursor": "x"},
    ],
    ids=str,
)
def test_a_search_that_is_wrong_is_refused(
    api: Api, admin: dict[str, str], body: dict[str, Any]
) -> None:
    answer = api.client.post("/admin/tokens/search", json=body, headers=admin)
    assert answer.status_code == 422


def test_a_search_by_age_leaves_newer_ones_out(api: Api, admin: dict[str, str]) -> None:
    api.clock.pass_by(hours=12)
    api.token()
    found = api.client.post("/admin/tokens/search", json={"older_than_days": 0}, headers=admin)
    assert len(found.json()["tokens"]) == 1


def test_a_token_may_be_limited_to_tasks(api: Api) -> None:
    answer = api.client.post("/get_token", json=ADA | {"tasks": ["intent"]})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert api.client.post("/intent", json={"text": "hello"}, headers=headers).status_code == 200
    for path, body in (("/predict", CAR), ("/predict/batch", {"cars": [CAR]})):
        refused = api.client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["label"]) == (403, "TASK_NOT_ALLOWED")
    prices = issued(api, Grant(tasks=("car_price",)))
    for path in ("/intent?query=hello", "/api/intent?sentence=hello"):
        assert api.client.get(path, headers=headers).status_code == 200
        refused = api.client.get(path, headers=prices)
        assert (refused.status_code, refused.json()["label"]) == (403, "TASK_NOT_ALLOWED")


def test_a_label_is_taken_only_for_a_task_that_the_token_is_for(api: Api) -> None:
    price = api.client.post("/predict", json=CAR, headers=api.bearer()).json()
    narrow = issued(api, Grant(tasks=("intent",)), "ada@example.com")
    body = {"prediction_id": price["prediction_id"], "label": 15_000}
    answer = api.client.post("/feedback", json=body, headers=narrow)
    assert (answer.status_code, answer.json()["label"]) == (403, "TASK_NOT_ALLOWED")


def test_a_token_may_be_shorter_and_never_longer(api: Api) -> None:
    answer = api.client.post("/get_token", json=ADA | {"ttl_days": 2}).json()
    assert answer["expires_in"] == 2 * 86_400
    assert "2 days" in answer["message"]


@pytest.mark.parametrize(
    ("extra", "label"),
    [
        ({"ttl_days": 181}, "TTL_DAYS_TOO_LARGE"),
        ({"ttl_days": 0}, "TTL_DAYS_TOO_SMALL"),
        ({"ttl_days": "2"}, "TTL_DAYS_INVALID"),
        ({"tasks": ["nothing"]}, "TASKS_INVALID"),
        ({"tasks": []}, "TASKS_EMPTY"),
        ({"tasks": "intent"}, "TASKS_INVALID"),
    ],
    ids=str,
)
def test_what_cannot_be_granted_is_named(api: Api, extra: dict[str, Any], label: str) -> None:
    answer = api.client.post("/get_token", json=ADA | extra)
    assert (answer.status_code, answer.json()["label"]) == (422, label)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/predict", CAR),
        ("POST", "/predict", {}),
        ("GET", "/intent?query=hello", None),
        ("POST", "/feedback", {"prediction_id": "x", "label": 1}),
    ],
)
def test_the_end_of_a_token_is_announced_when_it_is_near(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    headers = api.bearer()
    ends = api.clock.now + timedelta(days=180)
    api.clock.pass_by(days=166)
    early = api.client.request(method, path, json=body, headers=headers)
    assert "token-expires" not in early.headers
    api.clock.pass_by(seconds=1)
    late = api.client.request(method, path, json=body, headers=headers)
    assert parsedate_to_datetime(late.headers["token-expires"]) == ends


@pytest.mark.parametrize(
    ("limits", "status"),
    [({"enabled": False}, 200), ({"requests_per_minute": 1}, 429)],
)
def test_it_is_announced_whatever_the_limits_are(
    tmp_path: Path,
    empty_var: Path,
    models: dict[str, LoadedModel],
    limits: dict[str, Any],
    status: int,
) -> None:
    shutil.copytree(empty_var, tmp_path / "var")
    services = build(tmp_path / "var", Policy.model_validate({"limits": limits}), models)
    with running(services) as api:
        headers = api.bearer()
        api.clock.pass_by(days=179)
        api.client.post("/predict", json=CAR, headers=headers)
        answer = api.client.post("/predict", json=CAR, headers=headers)
    assert answer.status_code == status
    assert "token-expires" in answer.headers


def test_only_what_a_token_may_do_is_a_scope(api: Api) -> None:
    """RFC 6750 section 3.1; a token would not help whoever comes from a wrong address."""
    limited = issued(api, Grant(tasks=("intent",)))
    for error in (
        api.client.get("/admin/tokens", headers=limited),
        api.client.post("/predict", json=CAR, headers=limited),
    ):
        assert 'error="insufficient_scope"' in error.headers["www-authenticate"]
    for other in (AddressNotAllowed, PersonNotAllowed, InvitationInvalid):
        answer = from_error(other("no"))
        assert answer.status_code == 403
        assert "www-authenticate" not in answer.headers
