"""A body is read so far and so long as it may be, and no further."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from iargus.api.gate.body import parse_object, read_body
from iargus.errors import BodyInvalid, BodyTooLarge, BodyTooSlow

LIMIT = 100


class Client:
    """Sends these parts, then nothing more, and never hangs up."""

    def __init__(self, *parts: bytes, last: bool = True) -> None:
        self._parts = list(parts)
        self._last = last
        self.taken = 0

    async def __call__(self) -> Message:
        if self.taken == len(self._parts):
            await asyncio.Event().wait()
        part = self._parts[self.taken]
        self.taken += 1
        more = self.taken < len(self._parts) or not self._last
        return {"type": "http.request", "body": part, "more_body": more}


def read(client: Client, **headers: str) -> bytes:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"headers": pairs}

    async def reading() -> bytes:
        # Beyond the time limit of the body: what hangs fails here.
        async with asyncio.timeout(5):
            return await read_body(scope, client, max_bytes=LIMIT, timeout_s=0.05)

    return asyncio.run(reading())


def test_parts_are_put_together_up_to_the_limit() -> None:
    assert read(Client(b"a" * 60, b"b" * 40)) == b"a" * 60 + b"b" * 40


def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all() -> None:
    client = Client(b"a")
    with pytest.raises(BodyTooLarge):
        read(client, content_length=str(LIMIT + 1))
    assert client.taken == 0


@pytest.mark.parametrize("headers", [{}, {"content_length": "1"}, {"content_length": "x"}])
def test_one_that_is_larger_than_it_says_is_read_to_the_limit(headers: dict[str, str]) -> None:
    client = Client(*[b"a" * 40] * 10)
    with pytest.raises(BodyTooLarge):
        read(client, **headers)
    assert client.taken == 3


def test_one_that_does_not_end_is_not_waited_for() -> None:
    with pytest.raises(BodyTooSlow, match=r"within 0\.05 s"):
        read(Client(b"{", last=False))


@pytest.mark.parametrize("body", [b"[1]", b'"text"', b"7", b"true", b"null", b"", b" "])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BodyInvalid):
        parse_object(body)
