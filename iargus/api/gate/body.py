"""Reading a request's body: bounded in bytes and in time, one JSON object, no NaN."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from iargus import strict_json
from iargus.api.gate.json_faults import Fault, explain, explain_twice
from iargus.errors import BodyEncoded, BodyInvalid, BodyTooLarge, BodyTooSlow

T = TypeVar("T")


class EagerCoroutine(Generic[T]):
    """A coroutine that has been run until it had to wait, or to its end.

    A body has mostly arrived with its head: then nobody waits, and what guards a wait, such as a
    timeout, need not be set up, which takes longer than to read it.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._waits_for: Any = None
        self.is_done = False
        try:
            self._waits_for = coroutine.send(None)
        except StopIteration as end:
            self.result: T = end.value
            self.is_done = True

    def __await__(self) -> Generator[Any, Any, T]:
        """Wait for the rest of it; to be awaited at once where `is_done` is False."""
        waits_for = self._waits_for
        while True:
            thrown: BaseException | None = None
            sent = None
            try:
                sent = yield waits_for
            except BaseException as error:
                thrown = error
            try:
                if thrown is None:
                    waits_for = self._coroutine.send(sent)
                else:
                    waits_for = self._coroutine.throw(thrown)
            except StopIteration as end:
                value: T = end.value
                return value


async def read_body(scope: Scope, receive: Receive, *, max_bytes: int, timeout_s: float) -> bytes:
    """Read the whole body, or stop as soon as it is over `max_bytes` or takes over `timeout_s`.

    Raises:
        BodyTooLarge: whatever the headers said about its size.
        BodyTooSlow: also when a byte came now and then.
        BodyEncoded: it is compressed; what it would grow to, nobody could know.
        ClientDisconnect: the client left before it had sent everything.
    """
    reading = EagerCoroutine(_read(scope, receive, max_bytes))
    if reading.is_done:
        return reading.result
    try:
        async with asyncio.timeout(timeout_s):
            return await reading
    except TimeoutError:
        raise BodyTooSlow(f"the body did not arrive within {timeout_s:g} s") from None


async def _read(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length":
            if value.isdigit() and int(value[:20]) > max_bytes:
                raise _too_large(max_bytes)
        elif name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise BodyEncoded("the body must not be compressed: send it without Content-Encoding")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is over {max_bytes} bytes")


class BodyRefused(Exception):
    """A body that is refused. Finding out why costs more than refusing, and a client without a
    token does not learn it: `as_error` finds it."""

    def __init__(self, tell: Callable[[], BodyInvalid]) -> None:
        super().__init__()
        self._tell = tell

    def as_error(self) -> BodyInvalid:
        """The error that names the cause, and the field where it can be known."""
        return self._tell()


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        BodyInvalid: the body is empty, no JSON, JSON of another kind, or names something twice.
    """
    try:
        return load_object(body)
    except BodyRefused as unparsed:
        raise unparsed.as_error() from None


def load_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object, and leave the explanation of what is none for later.

    Raises:
        BodyRefused: where `parse_object` raises `BodyInvalid`.
    """
    try:
        document = strict_json.load(body)
    except strict_json.NameTwice as error:
        name = error.name
        raise BodyRefused(lambda: _invalid(explain_twice(body, name))) from None
    except ValueError as error:
        found = error
        raise BodyRefused(lambda: _invalid(explain(body, found))) from None
    if not isinstance(document, dict):
        raise BodyRefused(lambda: BodyInvalid(_no_object(document)))
    return document


def _invalid(fault: Fault) -> BodyInvalid:
    return BodyInvalid(fault.detail, fields=fault.fields)


def _no_object(document: Any) -> str:
    if isinstance(document, list):
        return (
            "the body must be a JSON object, not a list; the batch route takes many rows, in a "
            "list inside an object"
        )
    return 'the body must be a JSON object, such as {"text": "hello"}'
