"""Counts every request and its time, outside of everything that the application does."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable
from time import perf_counter

from anyio import CancelScope
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iargus.metrics import DISCONNECTED, Metrics

# After this, it is worth asking whether the client still waits; before, it costs too much.
_PATIENCE_S = 0.1


class RequestMetrics:
    """ASGI middleware. Two clocks and a few additions in memory for each request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = self._metrics.answered
        path, method = scope["path"], scope["method"]
        began_s = perf_counter()
        status: int | str = DISCONNECTED
        counted = False

        # Not `async`: it adds nothing to wait for.
        def counting(message: Message) -> Awaitable[None]:
            nonlocal status, counted
            if message["type"] == "http.response.start":
                status = message["status"]
            elif not message.get("more_body") and not counted:
                # Before it is sent: a client that has its answer finds it counted.
                counted = True
                duration_s = perf_counter() - began_s
                if duration_s > _PATIENCE_S:
                    return last_after_long(message, duration_s)
                answered(path, method, status, duration_s)
            return send(message)

        async def last_after_long(message: Message, duration_s: float) -> None:
            reached = DISCONNECTED if await _is_gone(receive) else status
            answered(path, method, reached, duration_s)
            await send(message)

        try:
            await self._app(scope, receive, counting)
        except ClientDisconnect:
            # Nobody is there to answer, and nothing is wrong here.
            status = DISCONNECTED
        except CancelledError:
            status = DISCONNECTED
            raise
        except Exception:
            # What is outside answers with 500, or breaks off the answer that had begun.
            status = 500
            raise
        finally:
            if not counted:
                answered(path, method, status, perf_counter() - began_s)


async def _is_gone(receive: Receive) -> bool:
    """Whether the client has hung up; does not wait for it."""
    with CancelScope() as scope:
        scope.cancel()
        message = await receive()
        return bool(message["type"] == "http.disconnect")
    return False
