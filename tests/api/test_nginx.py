"""deploy/nginx before a real gunicorn: what comes through, what does not, and what survives."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from iargus.settings import Policy
from tests.api.application import ADA
from tests.services.certificates import Certificates, make_certificates
from tests.services.gunicorn import Gunicorn
from tests.services.nginx import Nginx, fill_in, variables
from tests.services.require import require_program

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
PROBLEM = "application/problem+json"


@dataclass
class Site:
    """nginx, gunicorn behind it, and clients that come from an address of this machine."""

    nginx: Nginx
    gunicorn: Gunicorn
    certificates: Certificates

    def client(self, local_address: str = "127.0.0.2") -> httpx2.Client:
        context = ssl.create_default_context(cafile=self.certificates.authority)
        transport = httpx2.HTTPTransport(verify=context, local_address=local_address)
        base_url = f"https://localhost:{self.nginx.https_port}"
        return httpx2.Client(base_url=base_url, transport=transport, timeout=30)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_var: Path, placed: Path) -> Iterator[Site]:
    """Only 127.0.0.2 may use the API, so that every answer says which address arrived."""
    require_program("nginx")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(empty_var, folder / "var")
    shutil.copytree(placed, folder / "var" / "models")
    policy = {
        "access": {"api": ["127.0.0.2"]},
        "proxies": {"trusted": ["unix"]},
        "limits": {"requests_per_minute": 1_000_000},
    }
    (folder / "config.yml").write_text(json.dumps(policy))
    environ = {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
    }
    certificates = make_certificates(folder)
    api = Gunicorn(environ, folder / "log", uds=folder / "api.sock", sync=False)
    with api, Nginx(folder / "nginx", folder / "api.sock", certificates) as nginx:
        yield Site(nginx, api, certificates)


@pytest.fixture
def bearer(site: Site) -> dict[str, str]:
    with site.client() as client:
        token = client.post("/get_token", json=ADA).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_predictions_come_through_over_one_connection(site: Site, bearer: dict[str, str]) -> None:
    with site.client() as client:
        answers = [client.post("/predict", json=CAR, headers=bearer) for _ in range(50)]
        assert {answer.status_code for answer in answers} == {200}
        assert client.get("/").json()["documentation"] == "https://localhost/docs"
    headers = answers[-1].headers
    assert headers["server"] == "nginx", "and no version"
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers.get_list("cache-control") == ["no-store"]
    assert headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert "retry-after" not in headers


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"X-Forwarded-For": "127.0.0.2"},
        {"X-Forwarded-For": "127.0.0.2, 127.0.0.2"},
        {"X-Real-IP": "127.0.0.2", "Client-IP": "127.0.0.2", "Forwarded": "for=127.0.0.2"},
    ],
)
def test_the_clients_own_address_arrives_and_no_other(site: Site, forged: dict[str, str]) -> None:
    with site.client("127.0.0.1") as stranger, site.client("127.0.0.2") as known:
        refused = stranger.post("/get_token", json=ADA, headers=forged)
        assert (refused.status_code, refused.json()["label"]) == (403, "ADDRESS_NOT_ALLOWED")
        other = dict.fromkeys(forged, "127.0.0.1")
        assert known.post("/get_token", json=ADA, headers=other).status_code == 200


def test_http_2_and_tls_1_2_at_least(site: Site) -> None:
    url = f"https://localhost:{site.nginx.https_port}/live"
    curl = [str(require_program("curl")), "-s", "--cacert", str(site.certificates.authority), url]
    told = subprocess.run(
        [*curl, "--http2", "-o", "/dev/null", "-w", "%{http_version} %{response_code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "2 200"
    old = subprocess.run([*curl, "--tls-max", "1.1"], capture_output=True, check=False)
    assert old.returncode == 35, "no handshake"
    stranger = subprocess.run(
        [*curl[:-1], "--insecure", f"https://127.0.0.1:{site.nginx.https_port}/live"],
        capture_output=True,
        check=False,
    )
    assert stranger.returncode == 35, "another name gets no certificate"


def test_what_nginx_refuses_is_a_problem_too(site: Site, bearer: dict[str, str]) -> None:
    with site.client() as client:
        large = client.post("/predict", content=b"x" * (2**20 + 1), headers=bearer)
        chunked = client.post("/predict", content=iter([b"x" * 2**16] * 17), headers=bearer)
        long = client.get("/live", headers={"X-Long": "x" * 40_000})
        metrics = client.get("/metrics")
    for answer, status, label in (
        (large, 413, "BODY_TOO_LARGE"),
        (chunked, 413, "BODY_TOO_LARGE"),
        (long, 431, "HEADER_TOO_LARGE"),
        (metrics, 403, "ADDRESS_NOT_ALLOWED"),
    ):
        assert (answer.status_code, answer.json()["label"]) == (status, label)
        assert answer.json()["status"] == status
        assert answer.headers["content-type"] == PROBLEM
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
        assert answer.headers.get_list("cache-control") == ["no-store"]
    with site.client("127.0.0.1") as named:
        assert "iargus_workers" in named.get("/metrics").text


def test_the_largest_body_that_iargus_takes_comes_through(
    site: Site, bearer: dict[str, str]
) -> None:
    assert variables()["IARGUS_MAX_BODY_BYTES"] == str(Policy().requests.max_body_bytes)
    body = json.dumps(CAR).encode().ljust(Policy().requests.max_body_bytes)
    with site.client() as client:
        assert client.post("/predict", content=body, headers=bearer).status_code == 200


def test_what_is_no_http_is_answered_with_a_problem(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.nginx.https_port), timeout=10) as plain:
        plain.sendall(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = plain.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"label":"BAD_REQUEST"' in answer
    assert b"<html" not in answer


def test_http_says_that_there_is_https_and_takes_no_token(site: Site) -> None:
    base = f"http://127.0.0.1:{site.nginx.http_port}"
    headers = {"Host": "localhost"}
    refused = httpx2.post(f"{base}/predict", json=CAR, headers=headers)
    assert (refused.status_code, refused.json()["label"]) == (403, "HTTPS_REQUIRED")
    assert httpx2.get(f"{base}/docs", headers=headers).headers["location"] == (
        "https://localhost/docs"
    )


def test_a_service_that_is_gone_is_a_problem_and_comes_back(
    site: Site, bearer: dict[str, str]
) -> None:
    with site.client() as client:
        assert client.post("/predict", json=CAR, headers=bearer).status_code == 200
        site.gunicorn.stop()
        gone = client.post("/predict", json=CAR, headers=bearer)
        assert (gone.status_code, gone.json()["label"]) == (502, "UNAVAILABLE")
        assert gone.headers["content-type"] == PROBLEM
        assert gone.headers.get_list("retry-after") == ["5"]
        site.gunicorn.start()
        assert client.post("/predict", json=CAR, headers=bearer).status_code == 200


def test_a_reload_under_requests_fails_none(site: Site, bearer: dict[str, str]) -> None:
    statuses: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        with site.client() as client:
            while not ended.is_set():
                statuses.append(client.post("/predict", json=CAR, headers=bearer).status_code)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    begun = booted(site)
    try:
        for _ in range(2):
            site.gunicorn.process.send_signal(signal.SIGHUP)
            begun = wait_for_others(site, begun)
    finally:
        ended.set()
        for thread in asking:
            thread.join()
    assert len(statuses) > 100
    assert Counter(statuses) == {200: len(statuses)}


def wait_for_others(site: Site, before: list[str]) -> list[str]:
    """Wait until two workers that were not there before are answering; give all so far."""

    def both_answer() -> bool:
        log = site.gunicorn.log.read_text()
        new = booted(site)[len(before) :]
        return len(new) == 2 and all(f"[{pid}] [INFO] Application startup c" in log for pid in new)

    site.gunicorn.wait_for(both_answer, "two new workers answer")
    return booted(site)


def booted(site: Site) -> list[str]:
    return re.findall(r"Booting worker with pid: (\d+)", site.gunicorn.log.read_text())


def test_every_variable_has_a_value_and_none_is_left(tmp_path: Path) -> None:
    filled = fill_in(variables())
    assert "${IARGUS" not in filled
    assert not re.search(r"non_idempotent;|proxy_add_x_forwarded_for", filled)
