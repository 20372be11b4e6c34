"""Clients that are slow, that go away, or that only stay connected."""

from __future__ import annotations

import json
import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.outages.embedded import Embedded, embedded
from tests.outages.user import ADA, SENTENCE

SLOW_CLIENTS = 50
IDLE_CONNECTIONS = 10_000
# Of the files that a process may have open, some are its own.
SPARE_FILES = 1_000


@pytest.fixture(scope="module")
def server(prepared_var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("clients")
    raise_file_limit()
    policy = {"requests": {"body_timeout_s": 1.0}}
    with embedded(folder, prepared_var, policy=policy) as started:
        yield started
    assert "Traceback" not in started.log.read_text()


@pytest.fixture(scope="module")
def token(server: Embedded) -> str:
    return str(httpx2.post(f"{server.url}/get_token", json=ADA).json()["token"])


def raise_file_limit() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE_CONNECTIONS + SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def connect(server: Embedded) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def head(token: str, length: int) -> bytes:
    return (
        "POST /intent HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def ask(server: Embedded, token: str) -> int:
    """Ask for a prediction, and wait until it is recorded: who counts rows next counts it not."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.post(f"{server.url}/intent", json=SENTENCE, headers=headers)
    if answer.status_code == 200:
        number = answer.json()["prediction_id"]
        server.wait_for(lambda: server.has_recorded(number), "it is recorded")
    return answer.status_code


def until_closed(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_slow_bodies_hold_nobody_up_and_end_in_time(server: Embedded, token: str) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(SLOW_CLIENTS)]
        for client in clients:
            client.sendall(head(token, 100) + b"{")
        assert ask(server, token) == 200
        for client in clients:
            answer = until_closed(client)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["label"] == "BODY_TOO_SLOW"


def test_slow_headers_hold_nobody_up(server: Embedded, token: str) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server)) for _ in range(SLOW_CLIENTS)]
        for client in clients:
            client.sendall(b"POST /intent HTTP/1.1\r\nHost: ")
        assert ask(server, token) == 200
        clients[0].sendall(head(token, 2).partition(b"Host: ")[2] + b"{}")
        assert clients[0].recv(100).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize("sent", ["half", "whole"])
def test_clients_that_vanish_leave_no_trace_but_their_prediction(
    server: Embedded, token: str, sent: str
) -> None:
    """Half a request is nothing. A whole one is answered and recorded, read or not."""
    body = json.dumps(SENTENCE).encode()
    before = server.recorded()
    for _ in range(20):
        with connect(server) as client:
            client.sendall(head(token, len(body)) + body[: None if sent == "whole" else 5])
            linger = struct.pack("ii", 1, 0)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    assert ask(server, token) == 200
    new = server.recorded() - before
    assert new == 1 if sent == "half" else new <= 21


def test_idle_connections_keep_nobody_out(server: Embedded, token: str) -> None:
    files = raise_file_limit()
    if files < IDLE_CONNECTIONS + SPARE_FILES:
        pytest.skip(f"this process may open {files} files")
    with ExitStack() as stack:
        for _ in range(IDLE_CONNECTIONS):
            stack.enter_context(connect(server))
        assert ask(server, token) == 200


def test_a_worker_that_may_open_no_more_files_answers_who_is_connected(
    server: Embedded, token: str
) -> None:
    """Others are turned away; afterwards all is as before."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in server.workers()}
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=server.url, headers=headers) as connected, ExitStack() as stack:
        assert connected.post("/intent", json=SENTENCE).status_code == 200
        try:
            for pid, (_, hard) in limits.items():
                few = len(list(Path(f"/proc/{pid}/fd").iterdir())) + 10
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, hard))
            clients = [stack.enter_context(connect(server)) for _ in range(60)]
            assert until_closed(clients[-1]) == b""
            assert connected.post("/intent", json=SENTENCE).status_code == 200
        finally:
            for pid, limit in limits.items():
                resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
    server.wait_for(lambda: ask(server, token) == 200, "new clients are answered")
