"""The limits at the door: who is charged, and what every answer says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
# What the clock of these tests is at: a full minute.
FULL_S = 60


@pytest.fixture
def limited(tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]) -> Any:
    """Start the application with these limits."""

    @contextmanager
    def start(**limits: Any) -> Iterator[Api]:
        shutil.copytree(empty_var, tmp_path / "var")
        policy = Policy.model_validate({"limits": limits})
        with running(build(tmp_path / "var", policy, models)) as api:
            yield api

    return start


def left(answer: Any) -> dict[str, int]:
    """What is left of each limit, by the answer's field."""
    found = re.findall(r'"(\w+)";r=(\d+);t=\d+', answer.headers["ratelimit"])
    return {name: int(number) for name, number in found}


def test_an_answer_says_what_is_left_and_when_it_begins_anew(limited: Any) -> None:
    with limited(requests_per_minute=5, address_requests_per_minute=50) as api:
        bearer = api.bearer()
        api.clock.pass_by(seconds=18)
        answer = api.client.post("/predict", json=CAR, headers=bearer)
        assert answer.headers["ratelimit-policy"] == '"token";q=5;w=60, "address";q=50;w=60'
        assert answer.headers["ratelimit"] == '"token";r=4;t=42, "address";r=48;t=42'


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/predict", CAR | {"year": 1}, 422),
        ("POST", "/predict?version=99", CAR, 404),
        ("POST", "/predict/batch", {"cars": []}, 422),
        ("GET", "/intent?query=hello", None, 200),
        ("GET", "/api/intent?sentence=hello", None, 200),
        ("POST", "/feedback", {"prediction_id": "x", "label": "y"}, 404),
    ],
)
def test_every_answer_of_a_limited_route_says_so(
    api: Api, method: str, path: str, body: Any, status: int
) -> None:
    answer = api.client.request(method, path, json=body, headers=api.bearer())
    assert answer.status_code == status
    assert set(left(answer)) == {"token", "address"}


def test_a_page_that_is_not_limited_says_nothing(api: Api) -> None:
    assert "ratelimit" not in api.client.get("/live").headers


def test_a_token_that_is_used_up_says_which_and_when_and_charges_no_neighbour(
    limited: Any,
) -> None:
    with limited(requests_per_minute=3, address_requests_per_minute=50) as api:
        ada, bob = api.bearer(), api.bearer()
        answers = [api.client.post("/predict", json=CAR, headers=ada) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
        refused = answers[-1]
        assert refused.headers["retry-after"] == str(FULL_S)
        problem = refused.json()
        assert problem["label"] == "RATE_LIMITED"
        assert problem["violated-policies"] == ["token"]
        assert problem["detail"] == ("more than 3 requests of this token in 60 s; retry in 60 s")
        assert left(refused) == {"token": 0, "address": 45}
        assert left(api.client.post("/predict", json=CAR, headers=bob))["address"] == 44
        api.clock.pass_by(seconds=FULL_S)
        assert api.client.post("/predict", json=CAR, headers=ada).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (CAR, {"Authorization": "Bearer a.b.c"}, 401),
        (CAR, {}, 401),
        (CAR | {"security_token": "d"}, {"Authorization": "Bearer a.b.c"}, 400),
        ({"text": "x" * 1_100_000}, {}, 413),
    ],
)
def test_a_request_of_nobody_is_charged_to_its_address(
    limited: Any, body: Any, headers: dict[str, str], status: int
) -> None:
    with limited(address_requests_per_minute=4) as api:
        bearer = api.bearer()
        answers = [api.client.post("/predict", json=body, headers=headers) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [status] * 3 + [429]
        assert [left(answer) for answer in answers] == [{"address": n} for n in (2, 1, 0, 0)]
        assert answers[-1].json()["violated-policies"] == ["address"]
        # A good token does not help: the address is refused before it is looked at.
        assert api.client.post("/predict", json=CAR, headers=bearer).status_code == 429
        assert api.client.post("/revoke_token", headers=bearer).status_code == 429


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer a.b.c"}])
def test_a_request_of_nobody_without_a_body_is_charged_too(
    limited: Any, headers: dict[str, str]
) -> None:
    with limited(address_requests_per_minute=2) as api:
        answers = [api.client.get("/intent?query=hello", headers=headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert [left(answer) for answer in answers] == [{"address": n} for n in (1, 0, 0)]


def test_an_address_that_is_used_up_costs_no_check_of_a_token(
    limited: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with limited(address_requests_per_minute=2) as api:
        for _ in range(2):
            api.client.post("/predict", json=CAR)

        def unwanted(token: str) -> Any:
            raise AssertionError("the token was checked")

        monkeypatch.setattr(api.services.tokens, "authenticate", unwanted)
        bearer = {"Authorization": "Bearer a.b.c"}
        assert api.client.post("/predict", json=CAR, headers=bearer).status_code == 429
        assert api.client.get("/intent?query=hello", headers=bearer).status_code == 429


def test_tokens_are_limited_by_the_hour_and_what_is_no_request_for_one_is_not(
    limited: Any,
) -> None:
    with limited(tokens_per_hour=2, address_requests_per_minute=50) as api:
        wrong = api.client.post("/get_token", json=ADA | {"email": "nobody"})
        assert (wrong.status_code, left(wrong)) == (422, {"address": 49})
        assert left(api.client.post("/get_token", json=ADA)) == {"issuance": 1, "address": 48}
        assert api.client.post("/get_token", json=ADA).status_code == 200
        refused = api.client.post("/get_token", json=ADA)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
        assert refused.json()["violated-policies"] == ["issuance"]
        assert left(refused) == {"issuance": 0, "address": 47}


def test_the_limit_of_addresses_may_be_turned_off(limited: Any) -> None:
    with limited(address_requests_per_minute=None, requests_per_minute=2) as api:
        wrong = api.client.post("/predict", json=CAR)
        assert (wrong.status_code, "ratelimit" in wrong.headers) == (401, False)
        answer = api.client.post("/predict", json=CAR, headers=api.bearer())
        assert answer.headers["ratelimit"] == '"token";r=1;t=60'


def test_all_limits_may_be_turned_off(limited: Any) -> None:
    with limited(enabled=False, requests_per_minute=1) as api:
        bearer = api.bearer()
        for _ in range(3):
            answer = api.client.post("/predict", json=CAR, headers=bearer)
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)


def test_the_fields_are_described(api: Api) -> None:
    document = api.client.get("/openapi.json").json()
    responses = document["paths"]["/predict"]["post"]["responses"]
    always = {"RateLimit", "RateLimit-Policy"}
    assert set(responses["200"]["headers"]) == {*always, "Token-Expires"}
    assert set(responses["429"]["headers"]) == {*always, "Retry-After"}
    assert "headers" not in document["paths"]["/live"]["get"]["responses"]["200"]
    assert set(document["components"]["headers"]) > set(responses["429"]["headers"])
    assert "violated-policies" in document["components"]["schemas"]["Problem"]["properties"]
