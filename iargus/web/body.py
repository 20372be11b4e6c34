"""Reading a request's body: bounded in bytes and in time, one JSON object, no NaN."""

from __future__ import annotations

import asyncio
from typing import Any

import pydantic_core
from starlette.requests import Request

from iargus.errors import BodyInvalid, BodyTooLarge, BodyTooSlow


async def read_body(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """Read the whole body, or stop as soon as it is over `max_bytes` or takes over `timeout_s`.

    Raises:
        BodyTooLarge: whatever the headers said about its size.
        BodyTooSlow: also when a byte came now and then.
    """
    too_large = BodyTooLarge(f"the body is over {max_bytes} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_bytes:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise too_large
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTooSlow(f"the body did not arrive within {timeout_s:g} s") from None
    return b"".join(chunks)


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        BodyInvalid: the body is empty, no JSON, or JSON of another kind.
    """
    if not body.strip():
        raise BodyInvalid("the body is empty; a JSON object is expected")
    try:
        document = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BodyInvalid(f"the body is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise BodyInvalid('the body must be a JSON object, such as {"text": "hello"}')
    return document
