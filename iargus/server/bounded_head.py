"""Requests whose head has an end: a request line and header fields of at most 64 KiB.

httptools keeps what it is sent until a header is complete, however long that is, and uvicorn bounds
it only where h11 parses: one client without a token could fill a worker's memory. A front end has a
bound of its own (nginx 32 KiB), and none needs to be there.
"""

from __future__ import annotations

import json

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from iargus.server.http_status import RFC_9110
from iargus.server.no_trailers import NoTrailersProtocol

# uvicorn's phrases are those of Python, which change from version to version.
STATUS_LINE.update(
    {status: f"HTTP/1.1 {status} {title}\r\n".encode() for status, title in RFC_9110.items()}
)

MAX_HEAD_BYTES = 65_536
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


class BoundedHeadProtocol(NoTrailersProtocol):
    """Ends a connection that sends more than `MAX_HEAD_BYTES` of which nothing comes: neither the
    end of a head nor a byte of a body. So it counts also what stands before a head, in the
    extensions of chunks, and behind a body (RFC 9112 section 7.1).

    As many bytes are always taken, twice as many never.
    """

    _idle_bytes = 0
    _came = False

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
        """The blank line behind a head."""
        self._came = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body, whose length is for the application to bound."""
        self._came = True
        super().on_body(body)

    def _parse(self, part: bytes) -> None:
        self._came = False
        super().data_received(part)
        self._idle_bytes = 0 if self._came else self._idle_bytes + len(part)
        if self._idle_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse()

    def _refuse(self) -> None:
        self.logger.warning("the head of a request is over %d bytes", MAX_HEAD_BYTES)
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_ANSWER)
        self.transport.close()
