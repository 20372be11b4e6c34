"""The worker of gunicorn that drops no request when it ends.

It goes on until somebody else listens, and says `Connection: close` (RFC 9112 section 9.6) with
its last answers; `iargus/server/draining.py` sees to the connections on which nothing is being
answered.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.arbiter import Arbiter
from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

from iargus.server.worker_generations import WorkerGenerations

_CLOSE = (b"connection", b"close")
_LOOK_S = 0.05


class DrainingServer(Server):
    """Ends when it is told to and `is_succeeded` is false, or `patience_s` seconds later."""

    def __init__(
        self, config: Config, *, is_succeeded: Callable[[], bool], patience_s: float
    ) -> None:
        super().__init__(config)
        self._is_awaited = is_succeeded
        self._patience_s = patience_s
        self._told_s: float | None = None

    async def on_tick(self, counter: int) -> bool:
        """Whether to end now."""
        if not await super().on_tick(counter):
            return False
        now_s = asyncio.get_running_loop().time()
        self._told_s = now_s if self._told_s is None else self._told_s
        late = now_s - self._told_s > self._patience_s
        return late or self.force_exit or not self._is_awaited()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, then end those that there are, then the application."""
        for server in self.servers:
            server.close()
        state = self.server_state
        state.default_headers = [*state.default_headers, _CLOSE]
        # What was accepted a moment ago is not among the connections yet.
        await asyncio.sleep(_LOOK_S)
        await super().shutdown(sockets)


class DrainingWorker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """`uvicorn_worker.UvicornWorker` with a `DrainingServer`."""

    # Made when gunicorn imports this, before it forks.
    _handover = WorkerGenerations()

    def __init__(self, age: int, *arguments: Any, **options: Any) -> None:
        super().__init__(age, *arguments, **options)
        # This is still the process that forks.
        self._handover.forked(age)

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = DrainingServer(
            self.config,
            is_succeeded=lambda: self._handover.is_succeeded(self.age, self.cfg.workers),
            # The other half is for the requests that are being answered then.
            patience_s=self.cfg.graceful_timeout / 2,
        )
        self._install_sigquit_handler()
        ready = asyncio.create_task(self._tell_when_ready(server))
        await server.serve(sockets=self.sockets)
        ready.cancel()
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    async def _tell_when_ready(self, server: Server) -> None:
        while not server.started:
            await asyncio.sleep(_LOOK_S)
        self._handover.ready(self.age)
