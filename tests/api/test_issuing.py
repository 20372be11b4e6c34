"""`POST /get_token` in every mode, over the real application."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from iargus.api.app import create_app
from iargus.auth.issuing.codes import invitation_text
from iargus.auth.issuing.invitations import Invitations
from iargus.clock import to_naive_utc
from iargus.errors import ConfigurationError
from iargus.settings import Policy
from tests.api.application import ADA, Api, build, running

MAIL = {"SMTP_SERVER": "127.0.0.1", "SMTP_PORT": "1", "SMTP_RECIPIENT": "ops@example.com"}
CONFIRM = {"mode": "confirm", "public_url": "https://api.example.com"}
Start = Callable[..., Api]


@pytest.fixture
def start(tmp_path: Path, empty_var: Path) -> Iterator[Start]:
    """Start the application with this block of config.yml."""
    shutil.copytree(empty_var, tmp_path / "var")
    with ExitStack() as stack:

        def started(environ: dict[str, str] | None = None, **issuing: Any) -> Api:
            policy = Policy.model_validate({"issuing": issuing})
            return stack.enter_context(running(build(tmp_path / "var", policy, {}, environ)))

        yield started


def label(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["label"]


def test_a_list_refuses_others_by_name_and_limits_its_own(start: Start) -> None:
    api = start(mode="allow-list", allow=["example.com"], max_live_tokens=1)
    other = api.client.post("/get_token", json=ADA | {"email": "ada@example.org"})
    assert label(other) == (403, "PERSON_NOT_ALLOWED")
    token = api.token()
    assert label(api.client.post("/get_token", json=ADA)) == (409, "TOKENS_AT_LIMIT")
    api.client.post("/revoke_token", headers={"Authorization": f"Bearer {token}"})
    assert api.token()


def test_tokens_of_a_day_say_when_to_come_back(start: Start) -> None:
    api = start(mode="allow-list", allow=["example.com"], tokens_per_day=1)
    api.token()
    answer = api.client.post("/get_token", json=ADA)
    assert label(answer) == (429, "RATE_LIMITED")
    assert answer.headers["retry-after"] == str(86_400)


def test_an_invitation_gives_a_token_and_its_absence_one_label(start: Start) -> None:
    api = start(mode="invitation")
    now = to_naive_utc(api.clock())
    store = Invitations(api.services.databases[0])
    code = store.create(uses=1, at=now, expires_at=now + timedelta(days=1))
    for changed in ({}, {"invitation": "nonsense"}, {"invitation": None}):
        assert label(api.client.post("/get_token", json=ADA | changed)) == (
            403,
            "INVITATION_INVALID",
        )
    assert api.token(invitation=invitation_text(code))
    again = api.client.post("/get_token", json=ADA | {"invitation": invitation_text(code)})
    assert label(again) == (403, "INVITATION_INVALID")


def test_confirm_has_one_answer_for_everybody(start: Start) -> None:
    api = start(MAIL, **CONFIRM, allow=["example.com"], mails_per_hour=1)
    answers = [
        api.client.post("/get_token", json=ADA | {"email": email})
        for email in (*["ada@example.com"] * 3, "bob@example.com", "eve@example.org")
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    # What is left for this client counts down, whoever it asks for.
    fields = [
        {name: value for name, value in answer.headers.items() if name != "ratelimit"}
        for answer in answers
    ]
    assert all(each == fields[0] for each in fields)
    assert "token" not in answers[0].json()


def test_confirm_limits_a_client_by_name(tmp_path: Path) -> None:
    policy = Policy.model_validate({"issuing": CONFIRM, "limits": {"tokens_per_hour": 1}})
    with running(build(tmp_path / "var", policy, {}, MAIL)) as api:
        assert api.client.post("/get_token", json=ADA).status_code == 202
        assert label(api.client.post("/get_token", json=ADA)) == (429, "RATE_LIMITED")


def test_the_routes_of_links_are_there_in_confirm_alone_and_described(start: Start) -> None:
    document = start(MAIL, **CONFIRM).client.get("/openapi.json").json()
    link = document["paths"]["/get_token/{link}"]
    assert {"409", "410", "429", "503"} <= set(link["post"]["responses"])
    assert "text/html" in link["post"]["responses"]["200"]["content"]
    asked = document["paths"]["/get_token"]["post"]["responses"]
    assert {"200", "202", "403", "409", "422", "429"} <= set(asked)


def test_in_other_modes_a_link_is_no_route(start: Start) -> None:
    assert start().client.get(f"/get_token/{'a' * 64}").status_code == 404


def test_on_mariadb_a_request_waits_for_its_mail(
    mariadb_environ: dict[str, str], tmp_path: Path
) -> None:
    policy = Policy.model_validate({"issuing": CONFIRM})
    services = build(tmp_path, policy, {}, MAIL | mariadb_environ)
    with running(services) as api:
        assert api.client.post("/get_token", json=ADA).status_code == 202


@pytest.mark.parametrize("issuing", [{}, {"mode": "confirm"}])
def test_production_is_refused_before_anything_starts(
    tmp_path: Path, issuing: dict[str, Any]
) -> None:
    environ = {"IARGUS_ENV": "production", "IARGUS_JWT_KEYS": f"k:{'abcdefgh' * 6}"}
    with pytest.raises(ConfigurationError, match=r"issuing\.mode"):
        create_app(build(tmp_path, Policy.model_validate({"issuing": issuing}), {}, environ))
