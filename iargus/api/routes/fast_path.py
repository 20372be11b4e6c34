"""The fast path to the busiest routes: a dictionary instead of the framework's routing.

FastAPI matches patterns, fills dependencies and wraps contexts for every request, which takes
several times as long as a prediction. The paths of tasks have no pattern, and their endpoints read
the request themselves, so a look into a dictionary does. FastAPI knows the same routes for
its description, and answers the same, only slower, where this is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.api.problems import Answering, from_validation, internal_error
from iargus.errors import IArgusError

logger = logging.getLogger(__name__)

Endpoint = Callable[[Scope, Receive], Awaitable[Response]]


class FastPathRouter:
    """An ASGI application that answers `endpoints`, by method and path, before `app` is asked."""

    def __init__(
        self, app: ASGIApp, endpoints: Mapping[tuple[str, str], Endpoint], answering: Answering
    ) -> None:
        self._app = app
        self._answering = answering
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what is not ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        endpoint = self._endpoints.get((scope["method"], scope["path"]))
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await endpoint(scope, receive)
        except IArgusError as error:
            response = self._answering(error)
        except ValidationError as error:
            response = from_validation(error)
        except ClientDisconnect:
            # Nobody is there to answer; `RequestMetrics` counts it.
            raise
        except Exception:
            # As FastAPI's own handler does, which is not asked here.
            logger.exception("%s %s failed", scope["method"], scope["path"])
            response = internal_error()
        await response(scope, receive, send)
