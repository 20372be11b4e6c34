"""The service as it is run: gunicorn, workers, sync process, embedded stores."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.services.gunicorn import ROOT, Gunicorn
from tests.services.mariadb import MariaDB
from tests.services.mlflow_server import MlflowServer
from tests.services.ports import free_port

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}


def run(*command: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="session")
def prepared_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `setup_tests.py` prepares: databases, key, tiny champions of both shipped tasks."""
    base = tmp_path_factory.getbasetemp()
    # Processes that run tests side by side share one, for it takes longer than most of them.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        var_dir = shared / "prepared" / "var"
        done = run("setup_tests.py", environ={"IARGUS_VAR": str(var_dir)})
        assert done.returncode == 0, done.stderr
    return var_dir


@pytest.fixture
def environ(prepared_var: Path, tmp_path: Path) -> dict[str, str]:
    """A copy of its own for each test. The registry's artefacts stay where they were made."""
    shutil.copytree(prepared_var, tmp_path / "var")
    return {"IARGUS_VAR": str(tmp_path / "var"), "PYTHONWARNINGS": "default"}


def bearer(url: str) -> dict[str, str]:
    token = httpx2.post(f"{url}/get_token", json=ADA, timeout=30).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def predict(url: str, headers: dict[str, str], **changed: Any) -> httpx2.Response:
    return httpx2.post(f"{url}/predict", json=CAR | changed, headers=headers, timeout=30)


def test_preparing_again_changes_nothing(environ: dict[str, str]) -> None:
    again = run("setup_tests.py", environ=environ)
    assert again.returncode == 0, again.stderr
    assert "Training" not in again.stdout


def test_nothing_is_made_up_in_production(tmp_path: Path) -> None:
    environ = {
        "IARGUS_VAR": str(tmp_path / "var"),
        "IARGUS_ENV": "production",
        "IARGUS_JWT_KEYS": f"a:{'abcdefgh' * 6}",
    }
    done = run("-m", "iargus", "setup", environ=environ)
    assert done.returncode == 0, done.stderr
    assert "No model: car_price: there are no labelled rows" in done.stderr
    with closing(sqlite3.connect(tmp_path / "var" / "iargus.db")) as database:
        for table in ("car_details", "labelled_examples"):
            assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)


@pytest.mark.parametrize(
    "worker_class", ["uvicorn_worker.UvicornWorker", "uvicorn.workers.UvicornWorker"]
)
def test_from_a_token_to_a_price_an_intent_and_a_label(
    environ: dict[str, str], tmp_path: Path, worker_class: str
) -> None:
    with Gunicorn(environ, tmp_path / "log", worker_class=worker_class) as server:
        headers = bearer(server.url)
        for _ in range(10):
            answer = predict(server.url, headers)
            assert answer.status_code == 200, answer.text
            sentence = {"text": "how much is my car worth?"}
            intent = httpx2.post(f"{server.url}/intent", json=sentence, headers=headers, timeout=30)
            assert intent.json()["intent"] == "value_car"
        body = {"prediction_id": answer.json()["prediction_id"], "label": 15_000}
        label = httpx2.post(f"{server.url}/feedback", json=body, headers=headers, timeout=30)
        assert label.status_code == 202, label.text
        listed = run("-m", "iargus", "token", "list", "--show-addresses", environ=environ)
        assert "ada@example.com" in listed.stdout
        assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert not re.search(r"\bERROR\b", log)


def test_on_a_mysql_server_and_an_mlflow_server(
    mariadb_server: MariaDB,
    mariadb_environ: dict[str, str],
    mlflow_server: MlflowServer,
    tmp_path: Path,
) -> None:
    """The web service has an account that can do no more than db_creation.sql says it needs."""
    (tmp_path / "config.yml").write_text(
        # A busy machine may keep the server waiting for longer than an outage would be told.
        "database: {answer_timeout_s: 10}\n"
        "tasks: {car_price: {kind: car_price, path: /predict, threshold: 0.2}}"
    )
    environ = mariadb_environ | {
        "MLFLOW_HOST": mlflow_server.url,
        "IARGUS_VAR": str(tmp_path / "var"),
        "IARGUS_CONFIG": str(tmp_path / "config.yml"),
    }
    prepared = run("setup_tests.py", environ=environ)
    assert prepared.returncode == 0, prepared.stderr
    mariadb_server.run(
        "DROP USER IF EXISTS 'web'@'%'",
        "CREATE USER 'web'@'%' IDENTIFIED BY 'a narrow account'",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON iargus_api.* TO 'web'@'%'",
        "GRANT INSERT ON iargus.car_details TO 'web'@'%'",
        "GRANT INSERT ON iargus.labelled_examples TO 'web'@'%'",
    )
    web = environ | {"MYSQL_USER": "web", "MYSQL_PWD": "a narrow account"}
    with Gunicorn(web, tmp_path / "log") as server:
        headers = bearer(server.url)
        answer = predict(server.url, headers)
        assert answer.status_code == 200, answer.text
        body = {"prediction_id": answer.json()["prediction_id"], "label": 15_000}
        label = httpx2.post(f"{server.url}/feedback", json=body, headers=headers, timeout=30)
        assert label.status_code == 202, label.text
        assert httpx2.post(f"{server.url}/revoke_token", headers=headers).status_code == 200
        server.wait_for(
            lambda: all(predict(server.url, headers).status_code == 401 for _ in range(10)),
            "every worker refuses the token",
        )
    log = server.log.read_text()
    assert "Traceback" not in log
    assert not re.search(r"\bERROR\b", log)


def test_a_revoked_token_is_refused_by_every_worker(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with Gunicorn(environ, tmp_path / "log") as server:
        headers = bearer(server.url)
        assert predict(server.url, headers).status_code == 200
        assert httpx2.post(f"{server.url}/revoke_token", headers=headers).status_code == 200

        def refused_twenty_times() -> bool:
            return all(predict(server.url, headers).status_code == 401 for _ in range(20))

        server.wait_for(refused_twenty_times, "every worker refuses the token", within_s=20)


def test_a_new_champion_is_served_without_a_failed_request(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with Gunicorn(environ, tmp_path / "log") as server:
        headers = bearer(server.url)
        statuses: set[int] = set()
        versions: set[str] = set()
        stopped = threading.Event()

        def ask() -> None:
            while not stopped.is_set():
                answer = predict(server.url, headers)
                statuses.add(answer.status_code)
                versions.add(answer.json().get("model_version", "none"))

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            trained = run(
                *("-m", "iargus", "train", "car_price", "--alias", "champion"), environ=environ
            )
            assert trained.returncode == 0, trained.stderr
            server.wait_for(lambda: "2" in versions, "version 2 answers", within_s=60)

            def all_new() -> bool:
                found = {predict(server.url, headers).json()["model_version"] for _ in range(20)}
                return found == {"2"}

            server.wait_for(all_new, "every worker serves version 2", within_s=30)
        finally:
            stopped.set()
            asking.join()
        assert statuses == {200}


def test_a_stop_answers_what_it_has_accepted(environ: dict[str, str], tmp_path: Path) -> None:
    with Gunicorn(environ, tmp_path / "log") as server:
        headers = bearer(server.url)
        cars = {"cars": [CAR] * 1000}
        answers: list[int] = []
        sent: list[str] = []

        def ask() -> None:
            def trace(event: str, _: object) -> None:
                if event.endswith("send_request_body.complete"):
                    sent.append(event)

            with httpx2.Client(timeout=60) as client:
                request = client.build_request(
                    "POST",
                    f"{server.url}/predict/batch",
                    json=cars,
                    headers=headers,
                    extensions={"trace": trace},
                )
                answers.append(len(client.send(request).json()["predictions"]))

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        server.wait_for(lambda: len(sent) == 4 and bool(answers), "the first answer")
        assert server.stop() == 0
        for thread in asking:
            thread.join()
    assert answers == [1000] * 4, "every batch was sent before the stop, and none is cut"


def test_a_killed_worker_is_replaced(environ: dict[str, str], tmp_path: Path) -> None:
    with Gunicorn(environ, tmp_path / "log") as server:
        headers = bearer(server.url)
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True
        ).stdout.split()
        os.kill(int(children[0]), signal.SIGKILL)
        server.wait_for(
            lambda: all(predict(server.url, headers).status_code == 200 for _ in range(5)),
            "the service answers again",
        )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"IARGUS_ENV": "production"}, "IARGUS_JWT_KEYS is not set"),
        (
            {"IARGUS_ENV": "production", "IARGUS_JWT_KEYS": f"a:{'abcdefgh' * 6}"},
            "issuing.mode is not set",
        ),
        ({"IARGUS_CONFIG": "nowhere.yml"}, "there is no nowhere.yml"),
        ({"MYSQL_HOST": "db"}, "MYSQL_USER is not"),
    ],
    ids=["no keys", "no mode", "no configuration", "half a database"],
)
def test_a_start_that_cannot_be_is_refused_with_one_clear_line(
    tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    done = run(
        *("-m", "gunicorn", "api:app", "--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--bind", f"127.0.0.1:{free_port()}"),
        environ={"IARGUS_VAR": str(tmp_path / "var"), **changed},
    )
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("iargus: ")]
    assert line.startswith("iargus: cannot start: ")
    assert words in line
    assert "Traceback" not in done.stderr
