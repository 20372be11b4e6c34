"""The scripts of `deploy/mlflow`, run as they are: no login, no answer."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from iargus.operations.doctor.finding import Level
from iargus.operations.doctor.registry import ask_anonymously
from tests.services.ports import free_port
from tests.services.require import require_program

SCRIPTS = Path(__file__).parents[1] / "deploy" / "mlflow"
MODELS, RUNS = "/api/2.0/mlflow/registered-models", "/api/2.0/mlflow/runs"
PASSWORD = "only-for-tests-and-long"
LOGINS = {name: (name, PASSWORD) for name in ("admin", "iargus-web", "iargus-job")}
START_TIMEOUT_S = 90.0


@dataclass(frozen=True)
class Server:
    """What is running, and where its files are."""

    url: str
    folder: Path

    def ask(self, method: str, path: str, login: str | None = None, **body: str) -> httpx2.Response:
        auth = None if login is None else LOGINS[login]
        return httpx2.request(
            method, self.url + path, auth=auth, json=body or None, follow_redirects=False
        )

    def add(self, name: str) -> subprocess.CompletedProcess[str]:
        given = {"MLFLOW_URL": self.url, "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD}
        return subprocess.run(
            [SCRIPTS / "add-login.sh", name],
            env={**os.environ, **given, "PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            timeout=60,
        )


def environ(folder: Path, port: int) -> dict[str, str]:
    return {
        # The `mlflow` that lies beside this interpreter.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PORT": str(port),
        "WORKERS": "1",
        "MLFLOW_BACKEND_STORE_URI": f"sqlite:///{folder}/mlflow.db",
        "MLFLOW_ARTIFACTS_DESTINATION": str(folder / "artifacts"),
        "MLFLOW_AUTH_DATABASE_URI": f"sqlite:///{folder}/logins.db",
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "any-long-text-of-this-test",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    require_program("curl")
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [SCRIPTS / "start.sh"],
            env=environ(folder, port),
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        found = Server(f"http://127.0.0.1:{port}", folder)
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not answers(found.url):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline_s, (folder / "log").read_text()
            time.sleep(0.1)
        for name in ("iargus-web", "iargus-job"):
            made = found.add(name)
            assert made.returncode == 0, made.stdout + made.stderr
        yield found
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", f"{MODELS}/search?max_results=1"),
        ("GET", f"/ajax{MODELS}/search?max_results=1".replace("/ajax/api", "/ajax-api")),
        ("POST", f"{RUNS}/search"),
        ("GET", "/get-artifact?path=model&run_uuid=1"),
        ("GET", "/api/2.0/mlflow-artifacts/artifacts?path=/"),
        ("POST", "/graphql"),
        ("POST", "/api/2.0/mlflow/users/create"),
        ("POST", "/v1/traces"),
    ],
)
def test_a_stranger_gets_nothing(server: Server, method: str, path: str) -> None:
    assert server.ask(method, path).status_code == 401


def test_the_doctor_is_content(server: Server) -> None:
    (found,) = ask_anonymously(server.url)
    assert found.level is Level.OK


def test_a_wrong_password_is_none(server: Server) -> None:
    wrong = httpx2.get(server.url + "/", auth=("iargus-web", "guessed"))
    assert wrong.status_code == 401


def test_the_job_changes_and_the_api_reads(server: Server) -> None:
    assert server.ask("POST", f"{MODELS}/create", "iargus-job", name="intent").status_code == 200
    assert server.ask("GET", f"{MODELS}/get?name=intent", "iargus-web").status_code == 200
    alias = {"name": "intent", "alias": "champion", "version": "1"}
    tag = {"name": "intent", "key": "k", "value": "v"}
    assert server.ask("POST", f"{MODELS}/alias", "iargus-web", **alias).status_code == 403
    assert server.ask("POST", f"{MODELS}/set-tag", "iargus-web", **tag).status_code == 403
    assert server.ask("DELETE", f"{MODELS}/delete", "iargus-web", name="intent").status_code == 403
    assert server.ask("POST", f"{MODELS}/set-tag", "iargus-job", **tag).status_code == 200


def test_the_api_makes_no_login(server: Server) -> None:
    asked = {"username": "friend", "password": PASSWORD}
    path = "/api/2.0/mlflow/users/create"
    assert server.ask("POST", path, "iargus-web", **asked).status_code == 403
    again = server.add("iargus-web")
    assert again.returncode != 0
    assert "already exists" in again.stdout


def test_a_password_that_would_break_the_request_is_refused(server: Server) -> None:
    refused = server.add('x","is_admin":"')
    assert refused.returncode == 2
    assert "letters, digits" in refused.stderr


def test_what_is_written_is_its_owners_and_holds_no_password(server: Server) -> None:
    (settings,) = [path for path in server.folder.glob("tmp.*") if path.is_file()]
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert PASSWORD not in settings.read_text()


@pytest.mark.parametrize(
    "name", ["MLFLOW_AUTH_ADMIN_PASSWORD", "MLFLOW_AUTH_DATABASE_URI", "MLFLOW_BACKEND_STORE_URI"]
)
def test_without_a_variable_it_does_not_start_open(tmp_path: Path, name: str) -> None:
    given = {key: value for key, value in environ(tmp_path, 1).items() if key != name}
    ended = subprocess.run(
        [SCRIPTS / "start.sh"], env=given, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert name in ended.stderr
