"""The application without its lifespan: as somebody's own tests, or a server that runs none."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import ADA, build

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


@pytest.fixture
def services(tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]) -> Services:
    shutil.copytree(empty_var, tmp_path / "var")
    return build(tmp_path / "var", Policy(), models)


def test_a_test_client_without_with_gets_answers(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(services))
    try:
        with caplog.at_level(logging.WARNING, "iargus.api.lifespan"):
            token = client.post("/get_token", json=ADA).json()["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            answers = [client.post("/predict", json=CAR, headers=bearer) for _ in range(3)]
            body = {"cars": [CAR] * 3}
            answers.append(client.post("/predict/batch", json=body, headers=bearer))
            answers.append(client.get("/ready"))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert [record.message[:19] for record in caplog.records] == ["no lifespan was run"]
        label = {"prediction_id": answers[0].json()["prediction_id"], "label": 14_950}
        assert client.post("/feedback", json=label, headers=bearer).status_code == 202
        assert client.post("/revoke_token", headers=bearer).status_code == 200
        assert client.post("/predict", json=CAR, headers=bearer).status_code == 401
    finally:
        services.stop()


def test_of_many_first_requests_one_starts_and_all_are_answered(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    start = services.start

    def counted() -> None:
        started.append(threading.get_ident())
        start()

    monkeypatch.setattr(services, "start", counted)
    app = create_app(services)
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(TestClient(app).get, "/ready") for _ in range(8)]
            assert [answer.result().status_code for answer in asked] == [200] * 8
    finally:
        services.stop()
    assert len(started) == 1


def test_with_the_lifespan_nothing_is_started_twice_and_nothing_after_its_end(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    start, stop = services.start, services.stop

    def counted_start() -> None:
        told.append("start")
        start()

    def counted_stop() -> None:
        told.append("stop")
        stop()

    monkeypatch.setattr(services, "start", counted_start)
    monkeypatch.setattr(services, "stop", counted_stop)
    with TestClient(create_app(services)) as client:
        assert client.get("/ready").status_code == 200
    client.get("/live")
    assert told == ["start", "stop"]


PROGRAM = """
from starlette.testclient import TestClient
from api import app
client = TestClient(app)
who = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
token = client.post("/get_token", json=who).json()["token"]
car = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
answer = client.post("/predict", json=car, headers={"Authorization": f"Bearer {token}"})
print(answer.status_code)
"""


def test_a_program_of_before_ends_by_itself_and_its_predictions_are_recorded(
    tmp_path: Path, empty_var: Path, placed: Path
) -> None:
    """A process of its own, as it is run: nothing keeps it alive, and nothing that waits is
    lost."""
    shutil.copytree(empty_var, tmp_path / "var")
    shutil.copytree(placed, tmp_path / "var" / "models")
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"recording": {"flush_interval_s": 60}}))
    environ = {"IARGUS_VAR": str(tmp_path / "var"), "IARGUS_CONFIG": str(config)}
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=root,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "200"), ended.stderr
    services = build(tmp_path / "var", Policy(), {})
    database = next(base for base in services.databases if base.name == "iargus_api")
    with database.transaction() as connection:
        count = connection.exec_driver_sql("SELECT COUNT(*) FROM predictions").scalar()
    assert count == 1
