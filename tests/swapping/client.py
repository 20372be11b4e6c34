"""An open loop of requests, each answer of which is held against what its version must say.

Requests go out at a fixed rate whatever the server does. Connections are kept, and used again as
HTTP/1.1 lets one: not after `Connection: close`, and not after longer than the server keeps them.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
_PATIENCE_S = 20.0
_IDLE_S = 1.0  # gunicorn closes what is idle for two seconds
_USES = 100  # of one connection, so that all workers are met


@dataclass(frozen=True)
class Question:
    """A request of a task, and the answer that each version must give, by its number. An answer
    must hold what is given here."""

    task: str
    path: str
    body: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Any]]

    def as_bytes(self, token: str) -> bytes:
        body = json.dumps(self.body).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class Seen:
    """What came of the load. `last` is when the newest request was sent (monotonic, seconds) that
    a version answered, by task and version."""

    answered: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    last: dict[tuple[str, str], float] = field(default_factory=dict)
    slowest_s: float = 0.0


@dataclass
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    uses: int = 0
    used_s: float = 0.0


class Load:
    """Asks in a thread of its own, from `start` to `stop`, `rate` times a second."""

    def __init__(
        self, port: int, token: str, questions: Sequence[Question], *, rate: float = 500.0
    ) -> None:
        self.seen = Seen()
        self._port = port
        self._requests = [(each, each.as_bytes(token)) for each in questions]
        self._rate = rate
        self._free: deque[_Connection] = deque()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._ask()), daemon=True)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(_PATIENCE_S + 10)

    async def _ask(self) -> None:
        running: set[asyncio.Task[None]] = set()
        began, sent = time.monotonic(), 0
        while not self._ended.is_set():
            while began + sent / self._rate <= time.monotonic():
                question, data = self._requests[sent % len(self._requests)]
                task = asyncio.create_task(self._one(question, data))
                running.add(task)
                task.add_done_callback(running.discard)
                sent += 1
            await asyncio.sleep(0.002)
        await asyncio.gather(*running)
        for connection in self._free:
            connection.writer.close()

    async def _one(self, question: Question, data: bytes) -> None:
        sent_s = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                status, body = await self._exchange(data)
        except (OSError, EOFError, TimeoutError) as error:
            self.seen.failed[type(error).__name__] += 1
            return
        self.seen.answered += 1
        self.seen.slowest_s = max(self.seen.slowest_s, time.monotonic() - sent_s)
        if status != 200:
            self.seen.failed[f"{status} {body[:200].decode(errors='replace')}"] += 1
            return
        answer = json.loads(body)
        version = answer["model_version"]
        key = (question.task, version)
        self.seen.last[key] = max(sent_s, self.seen.last.get(key, 0.0))
        expected = question.answers.get(version)
        if expected is None or any(answer.get(name) != value for name, value in expected.items()):
            self.seen.wrong.append(f"{question.task} {question.body}: {answer}, not {expected}")

    async def _exchange(self, data: bytes) -> tuple[int, bytes]:
        connection = await self._connection()
        kept = False
        try:
            connection.writer.write(data)
            head = await connection.reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            assert length is not None, head
            body = await connection.reader.readexactly(int(length[1]))
            connection.uses += 1
            connection.used_s = time.monotonic()
            kept = connection.uses < _USES and _CLOSE.search(head) is None
        finally:
            if kept:
                self._free.append(connection)
            else:
                connection.writer.close()
        return int(head[9:12]), body

    async def _connection(self) -> _Connection:
        while self._free:
            found = self._free.popleft()
            if time.monotonic() - found.used_s < _IDLE_S:
                return found
            found.writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        return _Connection(reader, writer)
