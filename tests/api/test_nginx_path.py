"""deploy/nginx/under-a-path.conf before a real gunicorn: the service at /cars of a website."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.api.application import ADA
from tests.services.gunicorn import Gunicorn
from tests.services.nginx import Nginx
from tests.services.require import require_program

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


@pytest.fixture(scope="module", params=["by the setting", "by the proxy's word"])
def website(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    empty_var: Path,
    placed: Path,
) -> Iterator[str]:
    """The address of the website; the setting alone is enough, and so is the proxy's word."""
    require_program("nginx")
    folder = tmp_path_factory.mktemp("path")
    shutil.copytree(empty_var, folder / "var")
    shutil.copytree(placed, folder / "var" / "models")
    is_set = request.param == "by the setting"
    policy = {"server": {"root_path": "/cars"}} if is_set else {"proxies": {"trusted": ["unix"]}}
    (folder / "config.yml").write_text(json.dumps(policy))
    environ = {"IARGUS_VAR": str(folder / "var"), "IARGUS_CONFIG": str(folder / "config.yml")}
    api = Gunicorn(environ, folder / "log", uds=folder / "api.sock", workers=1, sync=False)
    with api, Nginx(folder / "nginx", folder / "api.sock", None) as nginx:
        yield f"http://127.0.0.1:{nginx.http_port}"


@pytest.fixture
def client(website: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=website, timeout=30) as client:
        yield client


def test_the_documentation_shows_the_routes(client: httpx2.Client, website: str) -> None:
    page = client.get("/cars/docs")
    links = re.findall(r"""(?:src|href|url)[=:]\s*["']([^"']+)""", page.text)
    answers = [client.get(urljoin(str(page.url), link)) for link in links]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(str(answer.url).startswith(f"{website}/cars/") for answer in answers)
    document = next(answer.json() for answer in answers if str(answer.url).endswith(".json"))
    assert document["servers"] == [{"url": "/cars"}]
    token = client.post("/cars/get_token", json=ADA).json()["token"]
    described = urljoin(website, document["servers"][0]["url"] + "/predict")
    answer = client.post(described, json=CAR, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_every_address_that_is_told_leads_there(client: httpx2.Client, website: str) -> None:
    page = client.get("/cars", follow_redirects=True).json()
    assert page["documentation"] == f"{website}/cars/docs"
    assert client.get(page["documentation"]).status_code == 200
    assert client.get(page["openapi"]).status_code == 200
    for path in ("/cars/predict/", "/cars/docs/"):
        method = "POST" if "predict" in path else "GET"
        moved = client.request(method, path)
        assert (moved.status_code, moved.headers["location"]) == (307, path.rstrip("/"))
        assert client.request(method, moved.headers["location"]).status_code in (200, 401)


@pytest.mark.parametrize("forged", ["/evil", "//evil.example", "https://evil.example"])
def test_a_client_cannot_write_another_path(client: httpx2.Client, forged: str) -> None:
    page = client.get("/cars/", headers={"X-Forwarded-Prefix": forged})
    assert "evil" not in page.text
    assert "/cars/docs" in page.text


def test_the_website_is_nobodys_business(client: httpx2.Client, website: str) -> None:
    assert client.get("/predict").text == "the website"
    host, port = website.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain:
        plain.sendall(b"GET /cars/../docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"the website" in plain.makefile("rb").read()
