"""A request has the header fields that came before its body, and no others.

uvicorn's parser appends the fields of a trailer (RFC 9112 section 7.1.2) to the list that the
application holds already. A token would be let in from there, and what a proxy has written, such
as `X-Forwarded-For`, would have a companion that it never saw (RFC 9110 section 6.5.1).
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class NoTrailersProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, whose trailers go nowhere."""

    def on_headers_complete(self) -> None:
        """Hand a list to the application that nothing is appended to."""
        self.scope["headers"] = list(self.headers)
        super().on_headers_complete()
