"""What stands in the header of an answer whatever the answer is: what is left of limits, and when
a token ends."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where a request's scope holds the fields of its answer.
_FIELDS = "iargus.answer_fields"


def add_response_headers(scope: Scope, fields: Iterable[tuple[bytes, bytes]]) -> None:
    """Put fields, their names in lower case, on the answer to this request."""
    scope[_FIELDS] += fields


class ResponseHeaders:
    """ASGI middleware: puts the fields on the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fields: list[tuple[bytes, bytes]] = []
        scope[_FIELDS] = fields

        # Not `async`: it adds nothing to wait for.
        def send_with_fields(message: Message) -> Awaitable[None]:
            if fields and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *fields]
            return send(message)

        await self._app(scope, receive, send_with_fields)
