"""The header `Token-Expires` of answers to a token that ends soon."""

from __future__ import annotations

from email.utils import formatdate

from starlette.types import Message, Scope, Send

from iargus.web.gate import ENDS_SOON


def announcing(scope: Scope, send: Send) -> Send:
    """A `send` that adds `Token-Expires: <HTTP-date>` where the gate has found the end near.

    No standard has a header for this: `Sunset` (RFC 8594) is about a resource, `Expires` about the
    answer, `Warning` is obsolete (RFC 9111). The date is in the form of both.
    """

    async def announced(message: Message) -> None:
        if message["type"] == "http.response.start" and ENDS_SOON in scope:
            date = formatdate(scope[ENDS_SOON], usegmt=True).encode()
            message = {**message, "headers": [*message["headers"], (b"token-expires", date)]}
        await send(message)

    return announced
