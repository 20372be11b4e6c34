"""The worker of gunicorn that drops no request when it ends.

uvicorn closes connections that wait for their next request as soon as it is told to end. A client
that sends one at that moment gets a reset, and cannot know whether it was answered. Here the last
answer on a connection says `Connection: close` (RFC 9112 section 9.6); only one on which nothing
is asked for as long as connections are kept at all is closed without.
"""

from __future__ import annotations

import asyncio
import socket
import sys

from gunicorn.arbiter import Arbiter
from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

_CLOSE = (b"connection", b"close")
_LOOK_S = 0.02


class DrainingServer(Server):
    """Lets go of its connections one by one, for at most `drain_s` seconds."""

    def __init__(self, config: Config, drain_s: float) -> None:
        super().__init__(config)
        self._drain_s = drain_s

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, then end those that there are, then the application."""
        for server in self.servers:
            server.close()
        state = self.server_state
        state.default_headers = [*state.default_headers, _CLOSE]
        loop = asyncio.get_running_loop()
        end = loop.time() + self._drain_s
        while state.connections and loop.time() < end and not self.force_exit:
            await asyncio.sleep(_LOOK_S)
        await super().shutdown(sockets)


class DrainingWorker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """`uvicorn_worker.UvicornWorker` with a `DrainingServer`."""

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        # By then every idle connection was closed for being idle; gunicorn kills after the other.
        drain_s = min(self.config.timeout_keep_alive + 0.5, self.cfg.graceful_timeout / 2)
        server = DrainingServer(self.config, drain_s)
        self._install_sigquit_handler()
        await server.serve(sockets=self.sockets)
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)
