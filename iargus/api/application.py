"""FastAPI, and what every request passes before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send


class Application(FastAPI):
    """FastAPI with layers of plain ASGI around it.

    Starlette's own middleware stands behind its handler of unforeseen errors and behind FastAPI's
    telemetry: an answer with 500 would pass it by, and the shortest way would begin too late.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._outermost: ASGIApp = super().__call__

    def add_outer_middleware(self, layer: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put a layer around everything that is there; the last one sees a request first."""
        self._outermost = layer(self._outermost)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._outermost(scope, receive, send)
