"""When the services begin and end: with the server's lifespan, or with the first request.

A server runs the lifespan before it listens. An application of somebody's own, such as
`TestClient(app)` without `with`, or a server with the lifespan off, only sends requests.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from threading import Lock

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.api.container import Services

logger = logging.getLogger(__name__)


class LifespanRunner:
    """Starts and stops the services once, on the first call; after the end nothing starts."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # Of threads and not of a loop: each request of a `TestClient` has a loop of its own.
        self._lock = Lock()
        self._ended = False
        self.has_begun = False

    @asynccontextmanager
    async def span(self, _: FastAPI) -> AsyncIterator[None]:
        """The lifespan of the application."""
        await run_in_threadpool(self._begin)
        yield
        if self._services.limits is not None:
            # Here and not in `stop`: connections to Redis belong to this event loop.
            await self._services.limits.close()
        await run_in_threadpool(self._end)

    async def begin_by_request(self) -> None:
        """Start what no lifespan has started, and end it with the process."""
        await run_in_threadpool(self._begin_late)

    def _begin(self) -> None:
        with self._lock:
            if not self.has_begun:
                self._services.start()
                self.has_begun = True

    def _begin_late(self) -> None:
        with self._lock:
            if self.has_begun or self._ended:
                return
            logger.warning(
                "no lifespan was run, so the first request starts what runs beside the requests; "
                "with a TestClient, `with TestClient(app) as client:` runs it"
            )
            self._services.start()
            self.has_begun = True
        atexit.register(self._end)

    def _end(self) -> None:
        with self._lock:
            if self.has_begun and not self._ended:
                self._ended = True
                self._services.stop()


class BeginsByRequest:
    """ASGI middleware: has the services started before the first request that comes without."""

    def __init__(self, app: ASGIApp, *, life: LifespanRunner) -> None:
        self._app = app
        self._life = life

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on at once where they run, as they do in every server."""
        if self._life.has_begun or scope["type"] != "http":
            return self._app(scope, receive, send)
        return self._begin(scope, receive, send)

    async def _begin(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._life.begin_by_request()
        await self._app(scope, receive, send)
