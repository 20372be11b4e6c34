"""Mode `confirm` as it is run: two workers of gunicorn, a mail server, and a person who presses
twice."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
import pytest

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, Database
from tests.api.application import ADA
from tests.auth.issued import issued_tokens
from tests.services.gunicorn import Gunicorn
from tests.services.smtp_server import LOGIN, PASSWORD, LocalMailServer

SECRET = "abcdefgh" * 6
PRESSES = 6
SCANS = 5


@pytest.fixture
def server(
    tmp_path: Path, empty_var: Path, placed: Path, mail_server: LocalMailServer
) -> Iterator[Gunicorn]:
    """The workers; links lead to the port that they listen on."""
    shutil.copytree(empty_var, tmp_path / "var")
    shutil.copytree(placed, tmp_path / "var" / "models")
    config = tmp_path / "config.yml"
    server = Gunicorn(
        {
            "IARGUS_VAR": str(tmp_path / "var"),
            "IARGUS_CONFIG": str(config),
            "IARGUS_JWT_KEYS": f"k:{SECRET}",
            # Nobody is there: what is placed is served.
            "MLFLOW_HOST": "http://127.0.0.1:9",
            "SMTP_SERVER": mail_server.host,
            "SMTP_PORT": str(mail_server.port),
            "SMTP_LOGIN": LOGIN,
            "SMTP_PWD": PASSWORD,
            "SMTP_RECIPIENT": "ops@example.org",
        },
        tmp_path / "log",
        sync=False,
    )
    config.write_text(json.dumps({"issuing": {"mode": "confirm", "public_url": server.url}}))
    with server:
        yield server
        server.stop()
        assert "Traceback" not in server.log.read_text()


def ask(server: Gunicorn, mails: LocalMailServer) -> str:
    """Ask for a token; give the path that the mail leads to."""
    before = len(mails.received)
    answer = httpx2.post(f"{server.url}/get_token", json=ADA, timeout=30)
    assert answer.status_code == 202
    server.wait_for(lambda: len(mails.received) > before, "the mail is there", within_s=30)
    (received,) = mails.received[before:]
    assert received.recipients == (ADA["email"],)
    body = received.message.get_body(("plain",))
    assert body is not None
    (link,) = set(re.findall(r"https?://\S+", body.get_content()))
    assert link.startswith(f"{server.url}/get_token/")
    return str(link).removeprefix(server.url)


def press_at_once(server: Gunicorn, link: str, times: int) -> list[tuple[int, dict[str, Any]]]:
    """Press on as many connections: all but the last byte is sent, then that, at one instant."""
    head = f"POST {link} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\n"
    ready = Barrier(times)

    def press(_: int) -> tuple[int, dict[str, Any]]:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(head.encode())
            ready.wait(30)
            client.sendall(b" ")
            data = b""
            while part := client.recv(65_536):
                data += part
        first, _blank, body = data.partition(b"\r\n\r\n")
        return int(first[9:12]), json.loads(body)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))


def tokens(server_var: Path) -> int:
    settings = Settings(Environment(var_dir=server_var), Policy())
    database = Database.connect(API, settings)
    try:
        return len(issued_tokens(database))
    finally:
        database.dispose()


@pytest.mark.parametrize("presses", [2, PRESSES])
def test_a_link_that_is_pressed_twice_at_once_gives_one_token_that_opens_the_service(
    server: Gunicorn, mail_server: LocalMailServer, tmp_path: Path, presses: int
) -> None:
    link = ask(server, mail_server)
    with httpx2.Client(base_url=server.url, timeout=30) as scanner:
        for _ in range(SCANS):
            assert scanner.get(link).status_code == 200
            assert scanner.head(link).status_code == 405
            assert scanner.options(link).status_code == 405
    assert tokens(tmp_path / "var") == 0

    answers = press_at_once(server, link, presses)

    statuses = sorted(status for status, _ in answers)
    assert statuses == [200] + [410] * (presses - 1)
    (given,) = [body for status, body in answers if status == 200]
    for status, refused in answers:
        if status == 410:
            assert refused["label"] == "CONFIRMATION_INVALID"
            assert refused["detail"].startswith("this link was used already")
            assert "token" not in refused
    assert tokens(tmp_path / "var") == 1
    bearer = {"Authorization": f"Bearer {given['token']}"}
    answer = httpx2.post(f"{server.url}/intent", json={"text": "hello"}, headers=bearer, timeout=30)
    assert answer.status_code == 200
    # Whoever was overtaken asks for another, as docs/how-to/issuing.md says.
    again = httpx2.post(f"{server.url}{ask(server, mail_server)}", timeout=30)
    assert again.status_code == 200
