"""Bytes to a real worker, as no client library would send them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.services.gunicorn import Gunicorn


@dataclass(frozen=True)
class Answers:
    """All that came back on one connection; `closed` says whether the server ended it."""

    data: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        """The status of each answer."""
        parts = self.data.split(b"HTTP/1.1 ")[1:]
        return [int(part[:3]) for part in parts]


def send(
    server: Gunicorn, *parts: bytes | Iterable[bytes], answers: int = 1, wait_s: float = 20
) -> Answers:
    """Send the parts on one connection and read until it is closed, or so many answers are whole.

    Whoever is refused while sending stops.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait_s) as client:
        with suppress(OSError):
            for part in parts:
                for each in (part,) if isinstance(part, bytes) else part:
                    client.sendall(each)
        found = b""
        with suppress(ConnectionResetError):
            while _whole(found) < answers:
                try:
                    part = client.recv(65_536)
                except TimeoutError:
                    return Answers(found, closed=False)
                if not part:
                    return Answers(found, closed=True)
                found += part
            return Answers(found, closed=False)
        return Answers(found, closed=True)


def _whole(data: bytes) -> int:
    count = 0
    while data:
        head, blank, rest = data.partition(b"\r\n\r\n")
        fields = dict(
            line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
        )
        length = int(fields.get(b"content-length", 0))
        if not blank or len(rest) < length:
            return count
        count, data = count + 1, rest[length:]
    return count


def memory_bytes(pid: int) -> int:
    """What a process holds in memory now (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has ended")


def workers_of(server: Gunicorn) -> list[int]:
    """The worker processes."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def endless(part: bytes, count: int) -> Iterator[bytes]:
    """The same again and again."""
    for _ in range(count):
        yield part


Sender = Callable[[Gunicorn], Answers]
