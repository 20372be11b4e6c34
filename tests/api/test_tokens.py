"""`/get_token`, `/revoke_token`, and the gate before every route."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
GATED: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/predict", CAR),
    ("POST", "/predict/batch", {"cars": [CAR]}),
    ("POST", "/intent", {"text": "hello"}),
    ("POST", "/intent/batch", {"sentences": [{"text": "hello"}]}),
    ("GET", "/intent?query=hello", None),
    ("GET", "/api/intent?sentence=hello", None),
    ("POST", "/feedback", {"prediction_id": "x", "label": "y"}),
]


def test_a_token_is_issued_for_180_days_and_works(api: Api) -> None:
    answer = api.client.post("/get_token", json=ADA)
    assert answer.status_code == 200
    document = answer.json()
    assert set(document) == {"message", "token", "token_type", "expires_at", "expires_in"}
    assert document["token_type"] == "bearer"
    assert document["expires_in"] == 180 * 86_400
    expires = datetime.fromisoformat(document["expires_at"])
    assert (expires - api.clock.now).days == 180
    assert answer.headers["cache-control"] == "no-store"
    bearer = {"Authorization": f"Bearer {document['token']}"}
    assert api.client.post("/predict", json=CAR, headers=bearer).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), GATED)
def test_every_gated_route_refuses_whoever_has_no_token(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = api.client.request(method, path, json=body)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="iargus"'
    assert answer.json()["label"] == "TOKEN_MISSING"


@pytest.mark.parametrize(("method", "path", "body"), GATED)
def test_every_gated_route_refuses_a_bad_token(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    bearer = {"Authorization": "Bearer a.b.c"}
    answer = api.client.request(method, path, json=body, headers=bearer)
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_INVALID")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("method", "path", "body"), [entry for entry in GATED if entry[0] == "POST"]
)
def test_the_body_may_carry_the_token(
    api: Api, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = api.client.request(method, path, json=body | {"security_token": api.token()})
    assert answer.status_code in (200, 404)
    refused = api.client.request(method, path, json=body | {"security_token": "a.b.c"})
    assert refused.status_code == 401


def test_a_token_in_the_query_string_does_not_count(api: Api) -> None:
    token = api.token()
    answer = api.client.get(f"/intent?query=hello&security_token={token}&token={token}")
    assert answer.json()["label"] == "TOKEN_MISSING"


def test_two_tokens_that_differ_are_refused_and_two_equal_ones_are_not(api: Api) -> None:
    first, second = api.token(), api.token()
    bearer = {"Authorization": f"Bearer {first}"}
    twice = api.client.post("/predict", json=CAR | {"security_token": first}, headers=bearer)
    assert twice.status_code == 200
    differ = api.client.post("/predict", json=CAR | {"security_token": second}, headers=bearer)
    assert (differ.status_code, differ.json()["label"]) == (400, "TOKEN_AMBIGUOUS")


@pytest.mark.parametrize("value", ["", "Bearer", "Basic YTpi", "Bearer a b", "a.b.c"])
def test_a_header_of_another_form_is_refused(api: Api, value: str) -> None:
    answer = api.client.post("/predict", json=CAR, headers={"Authorization": value})
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_INVALID")


def test_an_expired_token_is_refused_by_that_name(api: Api) -> None:
    bearer = api.bearer()
    api.clock.pass_by(days=180)
    answer = api.client.post("/predict", json=CAR, headers=bearer)
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_EXPIRED")


def test_a_revoked_token_is_refused_and_may_be_revoked_again(api: Api) -> None:
    bearer, other = api.bearer(), api.bearer()
    for _ in range(2):
        assert api.client.post("/revoke_token", headers=bearer).status_code == 200
    answer = api.client.post("/predict", json=CAR, headers=bearer)
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_REVOKED")
    assert api.client.post("/predict", json=CAR, headers=other).status_code == 200


def test_revoking_needs_a_token_of_ours(api: Api) -> None:
    assert api.client.post("/revoke_token").status_code == 401
    bad = {"Authorization": "Bearer a.b.c"}
    assert api.client.post("/revoke_token", headers=bad).status_code == 401


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"email": "nobody"}, "EMAIL_INVALID"),
        ({"email": "a@b\r\nBcc: c@d.com"}, "EMAIL_INVALID"),
        ({"email": None}, "EMAIL_INVALID"),
        ({"first_name": ""}, "FIRST_NAME_EMPTY"),
        ({"first_name": "  "}, "FIRST_NAME_EMPTY"),
        ({"surname": "x" * 101}, "SURNAME_TOO_LONG"),
        ({"surname": "a\x00b"}, "SURNAME_INVALID"),
        ({"surname": 7}, "SURNAME_INVALID"),
    ],
    ids=str,
)
def test_a_request_for_a_token_that_is_wrong_names_the_field(
    api: Api, changed: dict[str, Any], label: str
) -> None:
    answer = api.client.post("/get_token", json=ADA | changed)
    assert (answer.status_code, answer.json()["label"]) == (422, label)
    assert answer.json()["errors"][0]["field"] == next(iter(changed))


def test_names_of_people_from_everywhere_are_taken(api: Api) -> None:
    for name in ("Zoë", "O'Neil", "李", "Müller-Lüdenscheidt", "José María"):
        assert api.token(first_name=name, surname=name)


def test_no_log_holds_a_token_or_an_address(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = api.token()
    api.client.post("/predict", json=CAR, headers={"Authorization": f"Bearer {token}"})
    api.client.post("/predict", json=CAR, headers={"Authorization": f"Bearer {token}x"})
    api.client.post("/get_token", json=ADA | {"email": "ada@nowhere"})
    assert token not in caplog.text
    assert "ada@" not in caplog.text


def test_tokens_and_requests_are_limited(tmp_path: Path, models: dict[str, LoadedModel]) -> None:
    policy = Policy.model_validate({"limits": {"requests_per_minute": 3, "tokens_per_hour": 2}})
    with running(build(tmp_path, policy, models)) as api:
        first, second = api.bearer(), api.bearer()
        too_many = api.client.post("/get_token", json=ADA)
        assert (too_many.status_code, too_many.json()["label"]) == (429, "RATE_LIMITED")
        assert 0 < int(too_many.headers["retry-after"]) <= 3600
        for _ in range(3):
            assert api.client.post("/predict", json=CAR, headers=first).status_code == 200
        refused = api.client.post("/predict", json=CAR, headers=first)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert api.client.post("/predict", json=CAR, headers=second).status_code == 200
        api.clock.pass_by(minutes=1)
        assert api.client.post("/predict", json=CAR, headers=first).status_code == 200


def test_without_a_database_tokens_are_judged_but_not_issued(api: Api, tmp_path: Path) -> None:
    bearer = api.bearer()
    for database in api.services.databases:
        database.dispose()
    for path in (tmp_path / "var").glob("iargus_api.db*"):
        path.unlink()
    (tmp_path / "var" / "iargus_api.db").mkdir()
    answer = api.client.post("/get_token", json=ADA)
    assert (answer.status_code, answer.json()["label"]) == (503, "DATABASE_UNAVAILABLE")
    assert answer.headers["retry-after"]
    assert "sqlite" not in answer.text.lower()
    assert api.client.post("/predict", json=CAR, headers=bearer).status_code == 200
    assert api.client.post("/revoke_token", headers=bearer).status_code == 503
