"""uvicorn's HTTP protocol with three guards: no trailers, a bounded head, a graceful end.

A request has the header fields that came before its body, and no others: uvicorn's parser appends
the fields of a trailer (RFC 9112 section 7.1.2) to the list that the application already holds. A
token would be accepted from there, and what a proxy has written, such as `X-Forwarded-For`, would
have a companion that it never saw (RFC 9110 section 6.5.1).

A request line and its header fields have at most 64 KiB: httptools buffers a header until it is
complete, however long it is, and uvicorn bounds it only where h11 parses, so that one client
without a token could fill a worker's memory. A front end has a bound of its own (nginx 32 KiB), and
there need not be one.

At SIGTERM uvicorn closes every idle connection, also one on which a request is already on its way:
nginx answers that with 502, since it may not repeat a POST. Here such a connection stays open for
`GRACE_S` and answers what arrives; `iargus/server/worker.py` has every answer say
`Connection: close` by then.
"""

from __future__ import annotations

import asyncio
import json

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from iargus.server.http_status import RFC_9110

# uvicorn's phrases are those of Python, which change from version to version.
STATUS_LINE.update(
    {status: f"HTTP/1.1 {status} {title}\r\n".encode() for status, title in RFC_9110.items()}
)

MAX_HEAD_BYTES = 65_536
# On the same machine a request arrives within milliseconds; gunicorn waits for 30 s.
GRACE_S = 1.0
# In the state that all connections of a worker share.
_ENDING = "iargus.ending"
# What deploy/nginx answers in the same case.
_PROBLEM = json.dumps(
    {
        "type": "urn:iargus:problem:header-too-large",
        "title": "Request Header Fields Too Large",
        "status": 431,
        "detail": "the address or a header is too long",
        "label": "HEADER_TOO_LARGE",
    }
).encode()
_ANSWER = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/problem+json\r\n"
    b"cache-control: no-store\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"
) % (len(_PROBLEM), _PROBLEM)


class GuardedProtocol(HttpToolsProtocol):
    """Closes a connection that sends more than `MAX_HEAD_BYTES` without completing a head or a byte
    of a body. This also counts what stands before a head, in the extensions of chunks, and after a
    body (RFC 9112 section 7.1). That many bytes are always accepted, twice as many never.
    """

    _idle_bytes = 0
    _progressed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; where the worker is ending already, this one was accepted just before."""
        super().connection_made(transport)
        if _ENDING in self.app_state:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Parse in parts that are no longer than a head may be."""
        if len(data) <= MAX_HEAD_BYTES:
            self._parse(data)
            return
        for start in range(0, len(data), MAX_HEAD_BYTES):
            if self.transport.is_closing():
                return
            self._parse(data[start : start + MAX_HEAD_BYTES])

    def on_headers_complete(self) -> None:
        """The blank line after a head: give the application a list that nothing is appended to."""
        self._progressed = True
        self.scope["headers"] = list(self.headers)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body, whose length the application bounds."""
        self._progressed = True
        super().on_body(body)

    def shutdown(self) -> None:
        """End after the request that is being answered, or that arrives within `GRACE_S`."""
        self.app_state[_ENDING] = True
        if self._is_idle():
            self.loop.call_later(GRACE_S, self._close_if_idle)
        else:
            self.cycle.keep_alive = False  # uvicorn says so in the answer, and closes after it

    def _parse(self, part: bytes) -> None:
        self._progressed = False
        super().data_received(part)
        self._idle_bytes = 0 if self._progressed else self._idle_bytes + len(part)
        if self._idle_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.logger.warning("the head of a request is over %d bytes", MAX_HEAD_BYTES)
            if self._is_idle():
                self.transport.write(_ANSWER)
            self.transport.close()

    def _close_if_idle(self) -> None:
        if self._is_idle() and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete
