"""`iargus doctor` says whether anybody may read the registry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from iargus.operations.doctor.finding import Level
from iargus.operations.doctor.registry import ask_anonymously, examine_access
from tests.services.mlflow_server import MlflowServer
from tests.services.ports import free_port


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A server that answers everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_real_server_that_anybody_may_read_is_a_warning(mlflow_server: MlflowServer) -> None:
    (found,) = ask_anonymously(mlflow_server.url)
    assert found.level is Level.WARNING
    assert "without a password" in found.detail


@pytest.mark.parametrize("status", [401, 403])
def test_one_that_asks_for_credentials_is_in_order(status: int) -> None:
    with answering(status) as uri:
        (found,) = ask_anonymously(uri)
    assert found.level is Level.OK


def test_what_does_not_answer_is_told_elsewhere() -> None:
    with answering(500) as uri:
        assert list(ask_anonymously(uri)) == []
    assert list(ask_anonymously(f"http://127.0.0.1:{free_port()}")) == []


@pytest.mark.parametrize("uri", [None, "sqlite:///var/mlflow.db"])
def test_an_embedded_registry_is_open_to_nobody(uri: str | None) -> None:
    assert list(examine_access(uri)) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_nobody_else_reaches_this_machines_own(host: str) -> None:
    (found,) = examine_access(f"http://{host}:5000")
    assert (found.level, found.detail) == (Level.OK, "only this machine reaches it")
