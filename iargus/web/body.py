"""Reading a request's body: bounded in bytes, one JSON object, no NaN."""

from __future__ import annotations

from typing import Any

import pydantic_core
from starlette.requests import Request

from iargus.errors import BodyInvalid, BodyTooLarge


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Read the whole body, or stop as soon as it is over `max_bytes`.

    Raises:
        BodyTooLarge: whatever the headers said about its size.
    """
    too_large = BodyTooLarge(f"the body is over {max_bytes} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > max_bytes:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise too_large
        chunks.append(chunk)
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
