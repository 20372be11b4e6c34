"""`GET /metrics` of real workers, some of which are killed and all of which are replaced."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.api.application import ADA
from tests.metrics.scraping import Scraped
from tests.services.gunicorn import Gunicorn
from tests.services.ports import free_port

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
WORKERS = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workers")


@pytest.fixture(scope="module")
def server(folder: Path, empty_var: Path, placed: Path) -> Iterator[Gunicorn]:
    """Four workers that serve what is placed; the registry does not answer."""
    shutil.copytree(empty_var, folder / "var")
    shutil.copytree(placed, folder / "var" / "models")
    environ = {
        "IARGUS_VAR": str(folder / "var"),
        "MLFLOW_HOST": f"127.0.0.1:{free_port()}",
    }
    with Gunicorn(environ, folder / "log", workers=WORKERS, sync=False) as started:
        started.wait_for(lambda: scrape(started).value("iargus_workers_ready") == WORKERS, "all")
        yield started


def scrape(server: Gunicorn) -> Scraped:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as answer:
        return Scraped(answer.read().decode())


def workers(found: Scraped) -> set[int]:
    return {int(each["worker"]) for each in found.series("iargus_worker_start_time_seconds")}


def ask(server: Gunicorn, headers: dict[str, str]) -> None:
    """40 predictions, 20 without a token, 10 that are nowhere; over eight connections."""
    with httpx2.Client(base_url=server.url, timeout=30) as client, ThreadPoolExecutor(8) as pool:
        asked = [lambda: client.post("/predict", json=CAR, headers=headers)] * 40
        asked += [lambda: client.post("/intent", json={"text": "hello"})] * 20
        asked += [lambda: client.get("/nowhere")] * 10
        statuses = [each.result().status_code for each in [pool.submit(call) for call in asked]]
    assert statuses == [200] * 40 + [401] * 20 + [404] * 10


def check(found: Scraped, rounds: int) -> None:
    """Everything that was answered so far is counted, neither less nor more."""
    name = "iargus_requests_total"
    assert found.total(name, route="/predict", status="200", task="car_price") == 40 * rounds
    assert found.total(name, route="/intent", status="401", task="intent") == 20 * rounds
    assert found.total(name, route="unknown", status="404") == 10 * rounds
    for route in ("/predict", "/intent", "unknown"):
        count = found.value("iargus_request_duration_seconds_count", route=route)
        assert count == found.total(name, route=route)
    assert found.value("iargus_tokens_rejected_total", reason="TOKEN_MISSING") == 20 * rounds
    allowed = {"limiter": "token", "backend": "host", "decision": "allowed"}
    assert found.value("iargus_limiter_decisions_total", **allowed) == 40 * rounds


def test_nothing_is_lost_when_workers_are_killed_and_replaced(
    server: Gunicorn, folder: Path
) -> None:
    token = httpx2.post(f"{server.url}/get_token", json=ADA, timeout=30).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    ask(server, headers)
    found = scrape(server)
    check(found, 1)
    first = workers(found)
    assert len(first) == WORKERS
    for task in ("car_price", "intent"):
        served = [model for model in found.series("iargus_model_info") if model["task"] == task]
        assert {(model["version"], int(model["worker"])) for model in served} == {
            ("1", worker) for worker in first
        }
        assert 0 <= found.value("iargus_model_placed_age_seconds", task=task) < 3600
    assert found.value("iargus_recording_queue_capacity_rows") == 20_000 * WORKERS

    # At once after the last answer, and no request to the worker in between.
    ask(server, headers)
    os.kill(min(first), signal.SIGKILL)
    check(scrape(server), 2)
    gone = min(first)
    server.wait_for(lambda: len(workers(scrape(server)) - {gone}) == WORKERS, "another worker")
    assert gone not in workers(scrape(server))
    ask(server, headers)
    check(scrape(server), 3)

    before = workers(scrape(server))
    server.process.send_signal(signal.SIGHUP)
    server.wait_for(lambda: _replaced(server, before), "all workers are new")
    ask(server, headers)
    check(scrape(server), 4)
    assert len(list((folder / "var" / "metrics").glob("worker-*.cells"))) == WORKERS


def _replaced(server: Gunicorn, before: set[int]) -> bool:
    try:
        found = scrape(server)
    except OSError:
        return False
    check(found, 3)
    return len(workers(found)) == WORKERS and not workers(found) & before


def test_clients_that_hang_up_are_counted_as_such(server: Gunicorn) -> None:
    token = httpx2.post(f"{server.url}/get_token", json=ADA, timeout=30).json()["token"]
    # The first in the middle of its request, the second while it is looked for what it asks.
    unknown = b'{"prediction_id": "unknown", "label": 1}'
    for path, promised, sent in ((b"/predict", 100, b"{"), (b"/feedback", len(unknown), unknown)):
        head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % (path, promised)
        bearer = b"Authorization: Bearer %b\r\n\r\n" % token.encode()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(head + bearer + sent)

    def both_counted() -> bool:
        found = scrape(server)
        return all(
            found.total("iargus_requests_total", route=route, status="disconnected") == 1
            for route in ("/predict", "/feedback")
        )

    server.wait_for(both_counted, "both are counted", within_s=20)
    assert "Traceback" not in server.log.read_text()
