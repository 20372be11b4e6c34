"""Connections that end without a lost request when a worker is told to stop.

At SIGTERM uvicorn closes every connection that has no request at that moment, also one on which
a request is already on its way: nginx answers that with 502, since it may not repeat a POST. Here
such a connection stays for a moment and answers what comes; `iargus/server/worker.py` has every
answer say `Connection: close` by then.
"""

from __future__ import annotations

import asyncio

from iargus.server.bounded_head import BoundedHeadProtocol

# On the same machine a request arrives within milliseconds; gunicorn waits for 30 s.
GRACE_S = 1.0
# In the state that all connections of a worker share.
_ENDING = "iargus.ending"


class DrainingProtocol(BoundedHeadProtocol):
    """Without trailers, with heads that end, and with a gentler end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; where the worker is ending already, this one was accepted just before."""
        super().connection_made(transport)
        if _ENDING in self.app_state:
            self.shutdown()

    def shutdown(self) -> None:
        """End after the request that is being answered, or that arrives within `GRACE_S`."""
        self.app_state[_ENDING] = True
        if self._is_idle():
            self.loop.call_later(GRACE_S, self._end)
        else:
            self.cycle.keep_alive = False  # uvicorn says so in the answer, and closes after it

    def _end(self) -> None:
        if self._is_idle() and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete
