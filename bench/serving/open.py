"""The open loop of `bench/serving`: requests at a fixed rate, whatever the server does.

Each latency counts from the moment at which the request was due, not from when a connection was
free to send it: a server that stalls is charged for all who would have come meanwhile, which a
closed loop leaves out ("coordinated omission"). The client looks at its sockets without sleeping,
since timers wake to the millisecond and an answer takes less; it wants a core of its own.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.serving.latencies import Latencies, summary

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass
class _Connection:
    socket: socket.socket
    due: float = 0.0
    got: bytearray = field(default_factory=bytearray)


def open_loop(
    address: tuple[str, int],
    requests: Sequence[bytes],
    *,
    rate: float,
    connections: int = 64,
    patience_s: float = 5.0,
) -> Latencies:
    """Send the requests, `rate` a second, and wait at most `patience_s` for the last answers."""
    poll = select.epoll()
    every = [_Connection(_connect(address)) for _ in range(connections)]
    by_number = {each.socket.fileno(): each for each in every}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    free, waiting = deque(every), deque[tuple[float, bytes]]()
    latencies: list[float] = []
    lateness: list[float] = []
    failed, sent = 0, 0
    gc.disable()
    began = time.perf_counter() + 0.01
    end = began + len(requests) / rate + patience_s
    try:
        while len(latencies) < len(requests) and (now := time.perf_counter()) < end:
            while sent < len(requests) and began + sent / rate <= now:
                due = began + sent / rate
                waiting.append((due, requests[sent]))
                lateness.append(now - due)
                sent += 1
            while waiting and free:
                connection = free.popleft()
                connection.due, request = waiting.popleft()
                connection.socket.sendall(request)
            for number, _ in poll.poll(0):
                connection = by_number[number]
                status = _receive(connection)
                if status is not None:
                    latencies.append(time.perf_counter() - connection.due)
                    failed += status != 200
                    free.append(connection)
    finally:
        gc.enable()
        poll.close()
        for each in every:
            each.socket.close()
    now, idle = time.perf_counter(), {id(each) for each in free}
    ages = [now - each.due for each in every if id(each) not in idle]
    ages += [now - due for due, _ in waiting]
    return summary(latencies, ages, lateness, failed)


def request_bytes(path: str, body: bytes, authorization: str | None) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _connect(address: tuple[str, int]) -> socket.socket:
    found = socket.create_connection(address, timeout=10)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _receive(connection: _Connection) -> int | None:
    """Read what is there; the status, once the answer is whole."""
    part = connection.socket.recv(65_536)
    if not part:
        raise ConnectionError("the server has closed a connection")
    connection.got += part
    head = connection.got.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = _LENGTH.search(connection.got, 0, head + 2)
    if length is None:
        raise ValueError("an answer without Content-Length")
    if len(connection.got) < head + 4 + int(length[1]):
        return None
    status = int(connection.got[9:12])
    connection.got.clear()
    return status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("bodies", type=Path, help="one body a line")
    parser.add_argument("--rate", type=float, default=500.0, help="requests a second")
    parser.add_argument("--authorization")
    given = parser.parse_args()
    requests = [
        request_bytes(given.path, line, given.authorization)
        for line in given.bodies.read_bytes().splitlines()
    ]
    found = open_loop(("127.0.0.1", given.port), requests, rate=given.rate)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
