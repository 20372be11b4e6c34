"""Allow-lists, headers, origins and schemes, over the whole application."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from iargus.api.app import create_app
from iargus.api.middleware.access import area_of
from iargus.settings import Policy
from tests.api.application import ADA, Api, build

Serve = Callable[..., TestClient]
FORGED = {
    "X-Forwarded-For": "10.1.2.3",
    "X-Real-IP": "10.1.2.3",
    "Client-IP": "10.1.2.3",
    "Forwarded": "for=10.1.2.3",
}


@pytest.fixture
def serve(tmp_path: Path, empty_var: Path) -> Iterator[Serve]:
    """Serve with this policy to a client at `peer`; of predictions nothing is asked here."""
    with ExitStack() as open_clients:

        def started(policy: dict[str, Any], *, peer: str = "203.0.113.7") -> TestClient:
            var_dir = tmp_path / "var"
            if not var_dir.exists():
                shutil.copytree(empty_var, var_dir)
            app = create_app(build(var_dir, Policy.model_validate(policy), {}))
            client = TestClient(app, client=(peer, 50_000), raise_server_exceptions=False)
            return open_clients.enter_context(client)

        yield started


OURS = {"access": {"api": ["10.0.0.0/8", "2001:db8::/32"]}}


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::9"])
def test_who_is_on_the_list_comes_in(serve: Serve, peer: str) -> None:
    assert serve(OURS, peer=peer).post("/get_token", json=ADA).status_code == 200


@pytest.mark.parametrize("peer", ["203.0.113.7", "::ffff:203.0.113.7", "2001:db9::1"])
@pytest.mark.parametrize("headers", [{}, FORGED], ids=["plain", "forged"])
def test_who_is_on_no_list_is_refused_whatever_the_headers_say(
    serve: Serve, peer: str, headers: dict[str, str]
) -> None:
    client = serve(OURS, peer=peer)
    for path in ("/get_token", "/predict", "/nowhere", "/predict/batch"):
        answer = client.post(path, json=ADA, headers=headers)
        assert (answer.status_code, answer.json()["label"]) == (403, "ADDRESS_NOT_ALLOWED")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_refusal_reads_nothing_of_the_body(serve: Serve) -> None:
    app: Any = serve(OURS).app
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "method": "POST", "path": "/predict", "scheme": "http"},
        **{"headers": [], "client": ("203.0.113.7", 1), "server": ("192.0.2.1", 80)},
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 403


def test_health_is_everybodys(serve: Serve) -> None:
    nobody: dict[str, Any] = {
        "access": {"api": [], "pages": [], "administration": [], "metrics": []}
    }
    client = serve(nobody)
    assert client.get("/live").status_code == 200
    assert client.get("/ready").status_code == 503, "there is no model, but no refusal either"
    for path in ("/", "/docs", "/openapi.json", "/metrics", "/admin/x", "/api/intent"):
        assert client.get(path).json()["label"] == "ADDRESS_NOT_ALLOWED", path


def test_each_part_has_a_list_of_its_own(serve: Serve) -> None:
    client = serve({"access": {"metrics": ["127.0.0.1"], "administration": ["127.0.0.1"]}})
    assert client.get("/metrics").status_code == 403
    assert client.get("/%61dmin/users").status_code == 403
    assert client.get("/docs").status_code == 200
    assert client.get("/docs/assets/swagger-ui.css").status_code == 200
    assert client.post("/get_token", json=ADA).status_code == 200


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/", "pages"),
        ("/docs", "pages"),
        ("/openapi.json", "pages"),
        ("/live", "health"),
        ("/ready", "health"),
        ("/metrics", "metrics"),
        ("/admin/tokens", "administration"),
        ("/docs/assets/x.js", "pages"),
        ("/documents", "api"),
        ("/admin", "administration"),
        ("/administer", "api"),
        ("/metrics/", "metrics"),
        ("/live/", "api"),
        ("//admin", "api"),
        ("/predict", "api"),
    ],
)
def test_what_no_other_part_claims_is_the_api(path: str, area: str) -> None:
    assert area_of(path) == area


def test_behind_a_trusted_proxy_its_client_is_judged(serve: Serve) -> None:
    behind = OURS | {"proxies": {"trusted": ["192.0.2.1"]}}
    client = serve(behind, peer="192.0.2.1")
    inside = client.post("/get_token", json=ADA, headers={"X-Forwarded-For": "10.1.2.3"})
    assert inside.status_code == 200
    pretended = {"X-Forwarded-For": "10.1.2.3, 203.0.113.7"}
    assert client.post("/get_token", json=ADA, headers=pretended).status_code == 403


def test_the_scheme_behind_a_proxy_is_in_links_and_redirects(serve: Serve) -> None:
    https = {"X-Forwarded-Proto": "https"}
    trusted = serve({"proxies": {"trusted": ["203.0.113.7"]}})
    assert trusted.get("/", headers=https).json()["documentation"] == "https://testserver/docs"
    # A redirect names neither scheme nor host, and so stays with those that the client used.
    moved = trusted.get("/docs/?a=b", headers=https, follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, "/docs?a=b")
    stranger = serve({})
    assert stranger.get("/", headers=https).json()["documentation"] == "http://testserver/docs"


ALWAYS = {"x-content-type-options": "nosniff"}
ON_PAGES = {
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


def test_every_answer_has_the_headers_once(api: Api) -> None:
    bearer = api.bearer()
    car = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
    answers = [
        api.client.get("/live"),
        api.client.get("/nowhere"),
        api.client.delete("/predict"),
        api.client.post("/predict", json=car),
        api.client.post("/predict", json=car, headers=bearer),
        api.client.post("/get_token", json=ADA),
        api.client.get("/docs"),
        api.client.get("/docs/assets/swagger-ui.css"),
    ]
    assert {answer.status_code for answer in answers} == {200, 401, 404, 405}
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers.get_list(name) == [value], (name, answer.url)
        page = str(answer.url).endswith("/docs")
        for name, value in ON_PAGES.items():
            assert answer.headers.get_list(name) == ([value] if page else []), (name, answer.url)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        kept = "no-cache" if "/assets/" in str(answer.url) else "no-store"
        assert answer.headers.get_list("cache-control") == [kept]
        assert "strict-transport-security" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_the_answer_to_an_unforeseen_error_has_them_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[str]:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(api.services.champions, "missing", fail)
    answer = api.client.get("/ready")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_an_answer_that_is_sent_twice_does_not_grow(serve: Serve) -> None:
    client = serve({})
    kept = Response("kept")

    async def keeping(scope: Scope, receive: Receive, send: Send) -> None:
        await kept(scope, receive, send)

    app: Any = client.app
    app.mount("/kept", keeping)
    sizes = [len(client.get("/kept").headers) for _ in range(3)]
    assert len(set(sizes)) == 1


@pytest.mark.parametrize(
    ("tls", "header"),
    [
        ({}, None),
        ({"hsts_max_age_s": 60}, "max-age=60"),
        ({"certificate": "a.pem", "key": "a.key"}, "max-age=31536000"),
        ({"certificate": "a.pem", "key": "a.key", "hsts_max_age_s": 0}, None),
    ],
)
def test_https_is_demanded_where_it_is_served_or_asked_for(
    serve: Serve, tls: dict[str, Any], header: str | None
) -> None:
    answer = serve({"tls": tls}).get("/live")
    assert answer.headers.get("strict-transport-security") == header


APP = "https://app.example.com"


def test_a_page_of_an_allowed_origin_may_call_and_read_refusals(serve: Serve) -> None:
    client = serve({"cors": {"allowed_origins": [APP]}} | OURS)
    asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
    preflight = client.options(
        "/predict", headers=asked | {"Access-Control-Request-Headers": "authorization"}
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == APP
    refused = client.post("/predict", json={}, headers={"Origin": APP})
    assert refused.status_code == 403
    assert refused.headers["access-control-allow-origin"] == APP
    assert "access-control-allow-credentials" not in refused.headers
    other = client.post("/predict", json={}, headers={"Origin": f"{APP}.example.org"})
    assert "access-control-allow-origin" not in other.headers


def test_every_origin_only_where_it_is_written_out_and_never_with_cookies(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "iargus.api.container"):
        client = serve({"cors": {"allowed_origins": ["*"]}})
    assert "pages of every website may call the API" in caplog.text
    asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
    preflight = client.options(
        "/predict", headers=asked | {"Access-Control-Request-Headers": "authorization"}
    )
    refused = client.post("/predict", json={}, headers={"Origin": APP, "Cookie": "token=x"})
    assert (preflight.status_code, refused.status_code) == (200, 401)
    for answer in (preflight, refused):
        # With `*` a browser refuses to send what it would add by itself (Fetch, 3.2.5).
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in serve({}).get("/", headers=asked).headers


@pytest.mark.parametrize(
    "origin", ["**", "https://*", "https://*.example.com", f"{APP}/", "example.com", "null"]
)
def test_an_origin_is_exact(origin: str) -> None:
    with pytest.raises(ValueError, match="an origin is"):
        Policy.model_validate({"cors": {"allowed_origins": [origin]}})


def test_half_a_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="go together"):
        Policy.model_validate({"tls": {"certificate": "a.pem"}})
