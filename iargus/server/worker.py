"""The worker of gunicorn that drops no request when it ends.

gunicorn tells the old workers to end when it forks the new ones, which take a while to start. So an
old worker goes on until a new one listens, and says `Connection: close` (RFC 9112 section 9.6) with
its last answers; `iargus/server/protocol.py` closes the connections that are idle.
"""

from __future__ import annotations

import asyncio
import mmap
import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.arbiter import Arbiter
from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

_CLOSE = (b"connection", b"close")
_POLL_S = 0.05


class WorkerGenerations:
    """Memory that is shared with every process forked after it was made: the age of the newest
    worker that was forked, and of the newest that is ready. gunicorn counts ages upwards."""

    def __init__(self) -> None:
        self._ages = memoryview(mmap.mmap(-1, 16)).cast("Q")

    def forked(self, age: int) -> None:
        """A worker of this age is about to be forked."""
        self._ages[0] = age

    def ready(self, age: int) -> None:
        """A worker of this age accepts connections."""
        self._ages[1] = max(age, self._ages[1])

    def is_succeeded(self, age: int, workers: int) -> bool:
        """Whether a whole set of `workers` was forked after this one, which is what a reload does,
        and none of that set is ready."""
        forked, ready = self._ages
        newest_before: int = forked - workers
        return age <= newest_before and ready <= newest_before


class DrainingServer(Server):
    """Ends after a signal as soon as no worker `is_awaited`, or `patience_s` seconds later."""

    def __init__(
        self, config: Config, *, is_awaited: Callable[[], bool], patience_s: float
    ) -> None:
        super().__init__(config)
        self._is_awaited = is_awaited
        self._patience_s = patience_s
        self._signalled_s: float | None = None

    async def on_tick(self, counter: int) -> bool:
        """Whether to end now."""
        if not await super().on_tick(counter):
            return False
        now_s = asyncio.get_running_loop().time()
        self._signalled_s = now_s if self._signalled_s is None else self._signalled_s
        late = now_s - self._signalled_s > self._patience_s
        return late or self.force_exit or not self._is_awaited()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, then end those that there are, then the application."""
        for server in self.servers:
            server.close()
        state = self.server_state
        state.default_headers = [*state.default_headers, _CLOSE]
        # What was just accepted is not among the connections yet.
        await asyncio.sleep(_POLL_S)
        await super().shutdown(sockets)


class DrainingWorker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """`uvicorn_worker.UvicornWorker` with a `DrainingServer`."""

    # Made when gunicorn imports this, before it forks.
    _generations = WorkerGenerations()

    def __init__(self, age: int, *arguments: Any, **options: Any) -> None:
        super().__init__(age, *arguments, **options)
        # This is still the process that forks.
        self._generations.forked(age)

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = DrainingServer(
            self.config,
            is_awaited=lambda: self._generations.is_succeeded(self.age, self.cfg.workers),
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
            await asyncio.sleep(_POLL_S)
        self._generations.ready(self.age)
