"""The shortest way to the busiest routes: by a dictionary, past the framework's routing.

FastAPI matches patterns, fills dependencies and wraps contexts for every request, which takes
several times as long as a prediction. The paths of tasks have no pattern, and their endpoints read
the request themselves, so a look into a dictionary does. FastAPI knows the same routes for
its description, and answers the same, only slower, where this is left out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.errors import IArgusError
from iargus.web.expiry import announcing
from iargus.web.gate import ENDS_SOON
from iargus.web.problems import from_error, from_validation

Endpoint = Callable[[Scope, Receive], Awaitable[Response]]


class Direct:
    """An ASGI application that answers `endpoints`, by method and path, before `app` is asked."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[tuple[str, str], Endpoint]) -> None:
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what is not ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        endpoint = self._endpoints.get((scope["method"], scope["path"]))
        if endpoint is None:
            await self._app(scope, receive, announcing(scope, send))
            return
        try:
            response = await endpoint(scope, receive)
        except IArgusError as error:
            response = from_error(error)
        except ValidationError as error:
            response = from_validation(error)
        if ENDS_SOON in scope:
            send = announcing(scope, send)
        await response(scope, receive, send)
