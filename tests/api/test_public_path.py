"""Below a path that a proxy takes off: every address that a client is told leads back there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from iargus.api.app import create_app
from iargus.auth.issuing.composition import mode_of
from iargus.errors import ConfigurationError
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Environment, Policy, Settings
from tests.api.application import ADA, build

Serve = Callable[..., TestClient]
CARS: dict[str, Any] = {"server": {"root_path": "/cars"}}
TRUSTED: dict[str, Any] = {"proxies": {"trusted": ["192.0.2.1"]}}
PEER = "192.0.2.1"
NO_PATHS = [
    *("//evil.example", "/cars//evil", "evil.example", "cars", "https://evil.example", "/\\evil"),
    *("/cars/..", "/../cars", "/.", "/a/./b", "/cars?x=1", "/cars#x", "/ca rs", "/cars;x"),
    *("/c%2fars", "/cärs", "/cars\r\nLocation: x", "/cars\n", "/cars\0", "/cars, /vans", " /cars"),
    *('/"><script>', "/<b>", "/'", "/{x}", "/*", "/" + "a" * 200, "/a" * 101, "javascript:x"),
]


@pytest.fixture
def serve(tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]) -> Iterator[Serve]:
    """Serve with this policy to a client at `peer`, which does not follow redirects."""
    with ExitStack() as open_clients:

        def started(policy: dict[str, Any], *, peer: str = PEER, **options: Any) -> TestClient:
            var_dir = tmp_path / "var"
            if not var_dir.exists():
                shutil.copytree(empty_var, var_dir)
            app = create_app(build(var_dir, Policy.model_validate(policy), models))
            client = TestClient(app, client=(peer, 50_000), follow_redirects=False, **options)
            return open_clients.enter_context(client)

        yield started


def told(client: TestClient, **headers: str) -> str:
    """The prefix that the first page tells, after making sure that all others tell the same."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    page = client.get("/", headers=sent).json()
    prefix = page["documentation"].removeprefix("http://testserver").removesuffix("/docs")
    assert page["openapi"] == f"http://testserver{prefix}/openapi.json"
    document = client.get("/openapi.json", headers=sent).json()
    assert document.get("servers", [{"url": ""}]) == [{"url": prefix}]
    for method, path, wanted in (
        ("POST", "/predict/", "/predict"),
        ("GET", "/docs/?a=b", "/docs?a=b"),
        ("GET", "/docs/assets", "/docs/assets/"),
    ):
        moved = client.request(method, path, headers=sent)
        assert (moved.status_code, moved.headers["location"]) == (307, prefix + wanted)
    return str(prefix)


def test_the_setting_says_the_path(serve: Serve) -> None:
    assert told(serve(CARS)) == "/cars"


def test_without_a_setting_there_is_none(serve: Serve) -> None:
    assert told(serve({})) == ""


@pytest.mark.parametrize("written", ["/vans", "/vans/"])
def test_a_trusted_proxy_says_it_and_counts_more_than_the_setting(
    serve: Serve, written: str
) -> None:
    assert told(serve(TRUSTED), X_Forwarded_Prefix=written) == "/vans"
    assert told(serve(TRUSTED | CARS), X_Forwarded_Prefix=written) == "/vans"
    assert told(serve(TRUSTED | CARS), X_Forwarded_Prefix="/") == ""
    assert told(serve(TRUSTED | CARS)) == "/cars"


def test_nobody_else_says_it(serve: Serve) -> None:
    """Nor whoever comes by way of Azure's front end, which passes the header on as it came."""
    assert told(serve({}), X_Forwarded_Prefix="/vans") == ""
    assert told(serve(TRUSTED, peer="203.0.113.7"), X_Forwarded_Prefix="/vans") == ""
    assert told(serve(CARS, peer="203.0.113.7"), X_Forwarded_Prefix="/vans") == "/cars"


def test_on_azure_the_header_is_a_clients(tmp_path: Path, empty_var: Path) -> None:
    shutil.copytree(empty_var, tmp_path / "var")
    environ = {
        "WEBSITE_SITE_NAME": "x",
        "IARGUS_ENV": "development",
        "IARGUS_JWT_KEYS": f"k:{'abcdefgh' * 6}",
    }
    policy = Policy.model_validate({"issuing": {"mode": "open"}})
    with TestClient(create_app(build(tmp_path / "var", policy, {}, environ))) as client:
        page = client.get("/", headers={"X-Forwarded-Prefix": "/vans"}).json()
    assert page["documentation"] == "http://testserver/docs"


@pytest.mark.parametrize("written", NO_PATHS)
def test_what_is_no_plain_path_is_not_repeated_to_anybody(serve: Serve, written: str) -> None:
    client = serve(TRUSTED | CARS)
    header = {"x-forwarded-prefix": written.encode("latin-1")}
    page = client.get("/", headers=header).json()  # type: ignore[arg-type]
    assert page["documentation"] == "http://testserver/cars/docs"
    moved = client.get("/docs/", headers=header)  # type: ignore[arg-type]
    assert moved.headers["location"] == "/cars/docs"


def test_of_two_headers_neither_counts(serve: Serve) -> None:
    headers = [("x-forwarded-prefix", "/vans"), ("x-forwarded-prefix", "/trucks")]
    page = serve(TRUSTED).get("/", headers=headers).json()
    assert page["documentation"] == "http://testserver/docs"


@pytest.mark.parametrize("written", [text for text in NO_PATHS if text])
def test_what_is_no_plain_path_is_no_setting(written: str) -> None:
    with pytest.raises(ValidationError, match="such as /cars"):
        Policy.model_validate({"server": {"root_path": written}})


@pytest.mark.parametrize("written", ["/cars", "/cars/", "/eu/cars", "/v1.2/c_a-r~s"])
def test_what_is_one_is(written: str) -> None:
    policy = Policy.model_validate({"server": {"root_path": written}})
    assert policy.server.root_path == written.rstrip("/")


def test_the_documentation_page_loads_all_its_files_below_the_path(serve: Serve) -> None:
    client = serve(CARS)
    links = re.findall(r"""(?:src|href|url)[=:]\s*["']([^"']+)""", client.get("/docs").text)
    assert len(links) >= 4
    for link in links:
        asked = urljoin("http://testserver/cars/docs", link)
        assert asked.startswith("http://testserver/cars/"), link
        assert client.get(asked.replace("/cars", "")).status_code == 200


def test_a_path_that_the_proxy_has_left_on_is_named(serve: Serve) -> None:
    """It is not taken off a second time: what a proxy refuses by its path would be open by
    another."""
    client = serve(CARS)
    answer = client.get("/cars/metrics")
    assert (answer.status_code, answer.json()["label"]) == (404, "ROUTE_UNKNOWN")
    assert "must take /cars (server.root_path) off" in answer.json()["detail"]
    assert client.get("/carsten").json()["detail"] == "Not Found"


def test_the_path_of_the_server_itself_counts_as_asgi_says(serve: Serve) -> None:
    """As uvicorn gives it with `--root-path`: the path begins with it."""
    client = serve({}, root_path="/cars")
    assert client.get("/cars/").json()["documentation"] == "http://testserver/cars/docs"
    assert client.get("/cars/docs/").headers["location"] == "/cars/docs"
    assert client.post("/cars/get_token", json=ADA).status_code == 200
    assert client.get("/cars").json()["openapi"] == "http://testserver/cars/openapi.json"
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/cars", True),
        ("https://example.com/eu/cars/", True),
        ("https://example.com", False),
        ("https://example.com/cars/v1", False),
    ],
)
def test_links_in_mails_must_lead_below_the_path(url: str, good: bool) -> None:
    issuing = {"mode": "confirm", "public_url": url}
    smtp = {"SMTP_SERVER": "mail.example.com", "SMTP_RECIPIENT": "a@example.com"}
    settings = Settings(Environment.read(smtp), Policy.model_validate(CARS | {"issuing": issuing}))
    if good:
        assert mode_of(settings) == "confirm"
    else:
        with pytest.raises(ConfigurationError, match=r"issuing\.public_url .*server\.root_path"):
            mode_of(settings)
