"""Connections: a token where the bytes of one request end and those of another begin."""

from __future__ import annotations

import json
import logging
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from iargus.api.app import create_app
from iargus.server.hooks import PROTOCOL
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from tests.api.application import build
from tests.api.test_tokens import CAR
from tests.security.attacks import attack
from tests.security.conftest import POLICY
from tests.security.door import WITHIN_S
from tests.security.forger import ENVIRON, GOOD

BODY = json.dumps(CAR).encode()
TOKEN = b"Authorization: Bearer %b\r\n" % GOOD.encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CLOSE = b"Connection: close\r\n"
CHUNKS = b"Transfer-Encoding: chunked\r\n"
END = b"\r\n"
CHUNKED = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)


def request(*fields: bytes, line: bytes = b"POST /predict HTTP/1.1", body: bytes = BODY) -> bytes:
    """The bytes of a request with these header fields."""
    return b"".join([line, b"\r\nHost: x\r\n", *fields, b"\r\n", body])


@pytest.fixture(scope="module")
def port(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Path, models: dict[str, LoadedModel]
) -> Iterator[int]:
    """The server of our workers, with the parser that they have, in a thread."""
    var_dir = shutil.copytree(empty_var, tmp_path_factory.mktemp("served") / "var")
    services = build(var_dir, Policy.model_validate(POLICY), models, ENVIRON)
    config = uvicorn.Config(
        create_app(services), port=0, log_config=None, access_log=False, http=PROTOCOL
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline_s = time.monotonic() + WITHIN_S
    while not server.started:
        assert thread.is_alive(), "the server has ended"
        assert time.monotonic() < deadline_s, "the server listens"
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(WITHIN_S)
    assert not thread.is_alive()


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """uvicorn tells of every request that is none."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def answers(port: int, sent: bytes) -> list[tuple[int, bytes]]:
    """Status and the rest of each answer until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S) as client:
        client.sendall(sent)
        found = b""
        while part := client.recv(65_536):
            found += part
    return [(int(part[:3]), part[3:]) for part in found.split(b"HTTP/1.1 ")[1:]]


def test_control_requests_with_a_token_open(port: int) -> None:
    both = request(TOKEN, LENGTH) + request(TOKEN, LENGTH, CLOSE)
    assert [status for status, _ in answers(port, both)] == [200, 200]
    chunked = request(TOKEN, CHUNKS, CLOSE, body=CHUNKED + b"\r\n")
    assert [status for status, _ in answers(port, chunked)] == [200]
    encoded = request(TOKEN, LENGTH, CLOSE, line=b"POST /%70redict HTTP/1.1")
    assert [status for status, _ in answers(port, encoded)] == [200]


BARE = request(LENGTH, CLOSE)


@pytest.mark.parametrize(
    ("sent", "opened"),
    [
        attack("behind a request with a token", request(TOKEN, LENGTH) + BARE, 1),
        attack("behind one with a token in its body", request(TOKEN, LENGTH) * 2 + BARE, 2),
        attack("before a request with a token", request(LENGTH) + request(TOKEN, LENGTH, CLOSE), 1),
        attack("a percent-encoded path", BARE.replace(b"/predict", b"/%70redict"), 0),
        attack("a whole address as path", BARE.replace(b"/predict", b"http://x/predict"), 0),
        attack("a percent-encoded slash", BARE.replace(b"/predict", b"/docs%2f..%2fpredict"), 0),
        attack("an older protocol", BARE.replace(b"1.1", b"1.0", 1), 0),
        attack("a protocol without headers", b"POST /predict\r\n\r\n" + BODY, 0),
        attack("the token in a trailer", request(CHUNKS, CLOSE, body=CHUNKED + TOKEN + END), 0),
        attack(
            "the token in a trailer that is announced",
            request(CHUNKS, b"Trailer: Authorization\r\n", CLOSE, body=CHUNKED + TOKEN + END),
            0,
        ),
        attack("the token behind the header", request(LENGTH, CLOSE, body=TOKEN + BODY), 0),
        attack("a blank before the colon", request(TOKEN.replace(b":", b" :"), LENGTH, CLOSE), 0),
        attack("a line feed in the token", request(TOKEN.replace(b".", b".\n"), LENGTH, CLOSE), 0),
        attack("a zero byte in the token", request(TOKEN.replace(b".", b"\0."), LENGTH, CLOSE), 0),
        attack("a name in another alphabet", request(b"\xc3\x81" + TOKEN[1:], LENGTH, CLOSE), 0),
        attack("a request in the body of another", request(b"Content-Length: 0\r\n") + BARE, 0),
        attack(
            "a length and chunks that disagree",
            request(TOKEN, b"Content-Length: 4\r\n", CHUNKS, body=b"0\r\n\r\n" + BARE),
            0,
        ),
        attack("two lengths that disagree", request(b"Content-Length: 0\r\n", LENGTH, CLOSE), 0),
    ],
)
def test_a_request_without_a_token(port: int, sent: bytes, opened: int) -> None:
    found = answers(port, sent)
    predictions = [status for status, rest in found if b"predicted_price" in rest]
    assert predictions == [200] * opened
    others = {status for status, _ in found} - {200}
    assert others <= {400, 401, 404, 405, 422}


def test_a_folded_header(port: int) -> None:
    """What a line break and a blank stand for was taken out of HTTP (RFC 9112 section 5.2)."""
    folded = request(TOKEN.replace(b"Bearer ", b"Bearer\r\n "), LENGTH, CLOSE)
    ((status, rest),) = answers(port, folded)
    assert status in (400, 401)
    assert b"predicted_price" not in rest
