"""What only a socket can send, to a real worker: two readings of one request, heads and bodies
without end, other protocols. Afterwards the same worker answers, and has not grown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.security.wire import endless, memory_bytes, send, workers_of
from tests.services.gunicorn import Gunicorn

HOST = b"Host: x\r\n"
LIVE = b"GET /live HTTP/1.1\r\n" + HOST + b"\r\n"
# What a second request would be, if one were read.
SMUGGLED = b"GET /live?smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
MORE_BYTES = 24 * 2**20
Parts = list[bytes | Iterable[bytes]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_var: Path) -> Iterator[Gunicorn]:
    folder = tmp_path_factory.mktemp("wire")
    shutil.copytree(empty_var, folder / "var")
    policy = {"limits": {"enabled": False}, "requests": {"body_timeout_s": 1.0}}
    (folder / "config.yml").write_text(json.dumps(policy))
    environ = {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "IARGUS_JWT_KEYS": f"k:{'abcdefgh' * 6}",
        "MLFLOW_HOST": "http://127.0.0.1:9",
    }
    with Gunicorn(environ, folder / "log", workers=1, until="/live", sync=False) as started:
        yield started
        started.stop()
        assert "Traceback" not in started.log.read_text()


def post(*fields: bytes, body: bytes = b"", path: bytes = b"/intent") -> bytes:
    return b"POST %s HTTP/1.1\r\n%s%s\r\n%s" % (
        path,
        HOST,
        b"".join(field + b"\r\n" for field in fields),
        body,
    )


CHUNKED = b"Transfer-Encoding: chunked"
EMPTY = b"0\r\n\r\n"


def chunked(body: bytes) -> bytes:
    return post(CHUNKED, body=body)


# Each could be one request to a proxy and two to the service, or the other way round.
SMUGGLING: Mapping[str, bytes] = {
    "Content-Length before Transfer-Encoding": post(
        b"Content-Length: 4", CHUNKED, body=EMPTY + SMUGGLED
    ),
    "Transfer-Encoding before Content-Length": post(
        CHUNKED, b"Content-Length: 4", body=EMPTY + SMUGGLED
    ),
    "two lengths that differ": post(
        b"Content-Length: 2", b"Content-Length: 50", body=b"{}" + SMUGGLED
    ),
    "the same length twice": post(
        b"Content-Length: 2", b"Content-Length: 2", body=b"{}" + SMUGGLED
    ),
    "a list of lengths": post(b"Content-Length: 2, 2", body=b"{}" + SMUGGLED),
    "a length below zero": post(b"Content-Length: -1", body=b"{}" + SMUGGLED),
    "a length with a plus sign": post(b"Content-Length: +2", body=b"{}" + SMUGGLED),
    "a length in hexadecimal": post(b"Content-Length: 0x2", body=b"{}" + SMUGGLED),
    "a length of 20 digits": post(b"Content-Length: 99999999999999999999", body=SMUGGLED),
    "a length with a blank inside": post(b"Content-Length: 1 2", body=b"{}" + SMUGGLED),
    "an encoding that only looks chunked": post(
        b"Transfer-Encoding: xchunked", body=EMPTY + SMUGGLED
    ),
    "an encoding that is not chunked at its end": post(
        b"Transfer-Encoding: chunked, identity", body=EMPTY + SMUGGLED
    ),
    "the encoding identity": post(b"Transfer-Encoding: identity", body=b"{}" + SMUGGLED),
    "a blank before the colon": post(b"Transfer-Encoding : chunked", body=EMPTY + SMUGGLED),
    "a header that goes on in the next line": post(
        b"Transfer-Encoding:\r\n chunked", body=EMPTY + SMUGGLED
    ),
    "two encodings": post(CHUNKED, b"Transfer-Encoding: identity", body=EMPTY + SMUGGLED),
    "lines that end with a line feed alone": (
        b"POST /intent HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}" + SMUGGLED
    ),
    "lines that end with a carriage return alone": b"GET /live HTTP/1.1\rHost: x\r\r" + SMUGGLED,
    "a chunk of size -1": chunked(b"-1\r\n{}\r\n" + EMPTY + SMUGGLED),
    "a chunk of size 0x2": chunked(b"0x2\r\n{}\r\n" + EMPTY + SMUGGLED),
    "a chunk whose size overflows": chunked(b"F" * 17 + b"\r\n{}\r\n" + EMPTY + SMUGGLED),
    "a chunk that is longer than it says": chunked(b"1\r\n{}\r\n" + EMPTY + SMUGGLED),
    "chunks that end with a line feed alone": chunked(b"2\n{}\n0\n\n" + SMUGGLED),
    "a NUL in a header": b"GET /live HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n" + SMUGGLED,
    "a NUL in the path": b"GET /li\0ve HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "CONNECT, to be a proxy": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the PROXY protocol": b"PROXY TCP4 10.0.0.1 10.0.0.1 1 2\r\n" + SMUGGLED,
    "a ClientHello of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500,
    "all bytes there are": bytes(range(256)) * 4,
}


def still_serves(server: Gunicorn, workers: list[int]) -> None:
    assert send(server, LIVE).statuses == [200]
    assert workers_of(server) == workers


@pytest.mark.parametrize("name", SMUGGLING)
def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_ends(
    server: Gunicorn, name: str
) -> None:
    workers = workers_of(server)
    found = send(server, SMUGGLING[name], answers=2)
    assert found.statuses == [400]
    assert found.closed
    assert b"smuggled" not in found.data
    still_serves(server, workers)


# What is sent, and what comes back before the connection ends; None where it just ends.
ENDLESS: Mapping[str, tuple[Parts, int | None]] = {
    "twenty thousand headers": (
        [LIVE[:-2] + b"".join(b"x-%d: a\r\n" % number for number in range(20_000)) + b"\r\n"],
        431,
    ),
    "a header of a megabyte": ([LIVE[:-2], b"X: " + b"a" * 2**20 + b"\r\n\r\n"], 431),
    "a header without an end": ([LIVE[:-2], b"X: ", endless(b"a" * 65_536, 800)], 431),
    "a name of a header without an end": ([LIVE[:-2], endless(b"a" * 65_536, 800)], 431),
    "headers without an end": ([LIVE[:-2], endless(b"x: a\r\n" * 10_000, 800)], 431),
    "an address of a megabyte": ([b"GET /" + b"a" * 2**20 + b" HTTP/1.1\r\n"], 431),
    "an address without an end": ([b"GET /", endless(b"a" * 65_536, 800)], 431),
    "line breaks without an end before a request": ([endless(b"\r\n" * 30_000, 800)], 431),
    "a cookie of 200 KB": ([LIVE[:-2], b"Cookie: " + b"a=b; " * 40_000 + b"\r\n\r\n"], 431),
    "a chunk's extension without an end": (
        [post(CHUNKED), b"2;a=", endless(b"a" * 65_536, 800)],
        None,
    ),
    "trailers without an end": (
        [chunked(b"2\r\n{}\r\n0\r\n"), endless(b"x: a\r\n" * 10_000, 800)],
        None,
    ),
    "a trailer without an end": (
        [chunked(b"2\r\n{}\r\n0\r\nx: "), endless(b"a" * 65_536, 800)],
        None,
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_cut_off_and_takes_no_memory(server: Gunicorn, name: str) -> None:
    parts, status = ENDLESS[name]
    workers = workers_of(server)
    before = memory_bytes(workers[0])
    found = send(server, *parts)
    # Who goes on sending may lose the answer to the reset that follows it.
    assert found.closed or found.statuses
    assert set(found.statuses) <= {status}
    assert memory_bytes(workers[0]) - before < MORE_BYTES
    still_serves(server, workers)


BOUNDED: Mapping[str, tuple[Parts, int]] = {
    "a body of ten gigabytes that never comes": ([post(b"Content-Length: 9999999999")], 413),
    "a body that is longer than its limit, in chunks": (
        [post(CHUNKED), endless(b"10000\r\n" + b"a" * 65_536 + b"\r\n", 800)],
        413,
    ),
    "a body in chunks of one byte, which stops": (
        [post(CHUNKED), endless(b"1\r\na\r\n" * 1_000, 20)],
        408,
    ),
    "a length of 100 and a body of two bytes": ([post(b"Content-Length: 100", body=b"{}")], 408),
    "Expect: 100-continue with too long a body": (
        [post(b"Content-Length: 2000000", b"Expect: 100-continue")],
        413,
    ),
    "a request that wants to become a WebSocket": (
        [
            b"GET /predict HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ],
        405,
    ),
    "TRACE, which would repeat what it is sent": (
        [b"TRACE / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n"],
        405,
    ),
    "percent signs that are no numbers": ([b"GET /%zz%f%1 HTTP/1.1\r\nHost: x\r\n\r\n"], 404),
    "UTF-8 that is longer than it need be, in a path that climbs": (
        [b"GET /docs/assets/%c0%ae%c0%ae/%c0%af HTTP/1.1\r\nHost: x\r\n\r\n"],
        404,
    ),
    "a path that climbs out of the assets": (
        [b"GET /docs/assets/..%2f..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n"],
        404,
    ),
    "a line break in a path": ([b"GET /x%0d%0aSet-Cookie:a=b HTTP/1.1\r\nHost: x\r\n\r\n"], 404),
    "a NUL in a path": ([b"GET /live%00 HTTP/1.1\r\nHost: x\r\n\r\n"], 404),
    "a path that begins with two slashes": (
        [b"GET //evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n"],
        404,
    ),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_odd_has_an_answer_by_name(server: Gunicorn, name: str) -> None:
    parts, status = BOUNDED[name]
    workers = workers_of(server)
    before = memory_bytes(workers[0])
    found = send(server, *parts)
    assert [each for each in found.statuses if each != 100][:1] in ([status], [])
    if not found.statuses:
        assert found.closed
    head, _, body = found.data.partition(b"\r\n\r\n")
    assert b"set-cookie" not in head.lower()
    assert b"root:" not in body
    assert b"secret" not in found.data
    assert memory_bytes(workers[0]) - before < MORE_BYTES
    still_serves(server, workers)


def test_a_thousand_requests_in_one_go_are_answered_in_their_order(server: Gunicorn) -> None:
    found = send(server, (LIVE + LIVE.replace(b"/live", b"/none")) * 500, answers=1000)
    assert found.statuses == [200, 404] * 500


def test_ranges_by_the_thousand_are_bounded(server: Gunicorn) -> None:
    ranges = b",".join(b"%d-%d" % (n, n) for n in range(0, 6_000, 2))
    asset = b"GET /docs/assets/swagger-ui.css HTTP/1.1\r\nHost: x\r\n"
    found = send(server, asset + b"Range: bytes=" + ranges + b"\r\n\r\n")
    assert found.statuses[0] in (200, 206, 400, 416)
    assert len(found.data) < 2**20


def test_the_log_holds_no_line_that_a_client_wrote(server: Gunicorn) -> None:
    forged = b"2026-11-21 ERROR forged"
    for request in (
        b"GET /%0a" + forged.replace(b" ", b"%20") + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: x\r\nUser-Agent: a\n" + forged + b"\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: \x1b[2J" + forged + b"\r\n\r\n",
        post(b"Content-Length: 25", b"Authorization: Bearer \t" + forged, body=b'{"text":"\\n%s"}'),
    ):
        send(server, request)
    assert b"forged" not in server.log.read_bytes()
    assert b"\x1b" not in server.log.read_bytes()
