"""Help, health, documentation, and errors outside the routes."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin

import pytest

from iargus.api.app import create_app
from iargus.settings import Policy
from tests.api.application import Api, build


def test_the_first_page_says_what_is_offered(api: Api) -> None:
    document = api.client.get("/").json()
    assert document["documentation"] == "http://testserver/docs"
    assert document["tasks"]["car_price"]["predict"] == "POST /predict"


def test_live_touches_nothing(api: Api, tmp_path: Path) -> None:
    for database in api.services.databases:
        database.dispose()
    assert api.client.get("/live").json() == {"status": "live"}


def test_the_documentation_page_asks_no_other_host(api: Api) -> None:
    page = api.client.get("/docs")
    assert page.status_code == 200
    links = re.findall(r"""(?:src|href|url)[=:]\s*["']([^"']+)""", page.text)
    assert len(links) >= 3
    for link in links:
        assert not link.startswith(("/", ".")), link
        assert api.client.get(urljoin("/docs", link)).status_code == 200
    assert not re.search(r"https?://", page.text)


def test_only_its_own_scripts_run_on_the_documentation_page(api: Api) -> None:
    page = api.client.get("/docs")
    inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in inline]
    policy = dict(
        directive.split(" ", 1) for directive in page.headers["content-security-policy"].split("; ")
    )
    assert inline
    assert policy["script-src"].split() == ["'self'", *(f"'sha256-{each}'" for each in digests)]
    assert (policy["default-src"], policy["base-uri"]) == ("'none'", "'none'")


def test_there_is_one_page_of_documentation(api: Api) -> None:
    for path in ("/redoc", "/docs/oauth2-redirect", "/openapi.yaml"):
        assert api.client.get(path).status_code == 404, path


def test_every_route_is_described_with_its_problems(api: Api) -> None:
    document = api.client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        *("/", "/live", "/ready", "/metrics", "/get_token", "/revoke_token", "/feedback"),
        *("/predict", "/predict/batch", "/intent", "/intent/batch", "/api/intent"),
        *("/admin/tokens", "/admin/tokens/{jti}"),
        *("/admin/tokens/search", "/admin/tokens/revoke"),
    }
    predict = document["paths"]["/predict"]["post"]
    body = predict["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    car = document["components"]["schemas"][body.rpartition("/")[2]]
    assert set(car["properties"]) == {
        *("make", "model", "year", "mileage", "state", "mileage_unit", "security_token")
    }
    assert car["examples"]
    for status in ("400", "401", "404", "413", "422", "429", "503"):
        assert "application/problem+json" in predict["responses"][status]["content"]
    references = set(
        re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', str(document).replace("'", '"'))
    )
    assert references <= set(document["components"]["schemas"])
    assert "x-iargus-model" not in str(document)


@pytest.mark.parametrize(
    ("method", "path", "status", "label"),
    [
        ("GET", "/nowhere", 404, "ROUTE_UNKNOWN"),
        ("DELETE", "/predict", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/get_token", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_other_errors_are_problems_too(
    api: Api, method: str, path: str, status: int, label: str
) -> None:
    answer = api.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["label"]) == (status, label)
    assert set(problem) == {"type", "title", "status", "detail", "label"}


def test_making_the_application_connects_to_nothing(
    tmp_path: Path, empty_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = build(empty_var, Policy(), {})

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection at import")

    for database in services.databases:
        monkeypatch.setattr(database.engine.pool, "_creator", refuse)
    create_app(services)
