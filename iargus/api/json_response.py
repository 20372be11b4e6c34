"""A JSON answer, put together quickly."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

_TYPE = (b"content-type", b"application/json")


def json_bytes(document: Any) -> bytes:
    """Compact JSON; no NaN gets on the wire.

    Raises:
        ValueError: the document holds a NaN or an infinite number.
    """
    body: bytes = to_json(document)
    if b"NaN" in body or b"Infinity" in body:
        # Perhaps only in a text.
        json.dumps(document, allow_nan=False)
    return body


class JsonResponse(Response):
    """The answer whose body is this JSON.

    The headers are made here: Starlette's own way goes through text, for every answer anew.
    """

    media_type = "application/json"

    def __init__(self, body: bytes, status_code: int = 200) -> None:
        self.status_code = status_code
        self.body = body
        self.background = None
        self.raw_headers = [(b"content-length", b"%d" % len(body)), _TYPE]
