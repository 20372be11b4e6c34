"""Headers of every answer: for browsers and caches, and those that a request has collected."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where a request's scope holds the fields of its answer.
_FIELDS = "iargus.answer_fields"


def add_response_headers(scope: Scope, fields: Iterable[tuple[bytes, bytes]]) -> None:
    """Add fields, their names in lower case, to the answer to this request."""
    scope[_FIELDS] += fields


class ResponseHeaders:
    """ASGI middleware: adds the fields to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fields: list[tuple[bytes, bytes]] = []
        scope[_FIELDS] = fields

        # Not `async`: it adds nothing to wait for.
        def send_with_fields(message: Message) -> Awaitable[None]:
            if fields and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *fields]
            return send(message)

        await self._app(scope, receive, send_with_fields)


Pairs = tuple[tuple[bytes, bytes], ...]

# An answer of the API is data: no browser has anything to load or to show for it.
NO_CONTENT = "default-src 'none'; frame-ancestors 'none'"
NO_STORE = "no-store"  # tokens, prices and refusals are for one client
REVALIDATE = "no-cache"  # cached, and revalidated with its ETag
ASSETS = "/docs/assets/"


class SecurityHeaders:
    """Adds the same pairs to every answer of a kind; they are made once.

    Only this sets `Cache-Control`, by the path.
    """

    def __init__(
        self, app: ASGIApp, *, content_policies: Mapping[str, str], hsts_max_age_s: int
    ) -> None:
        self._app = app
        self._usual = _pairs(NO_CONTENT, NO_STORE, hsts_max_age_s)
        self._pages = {
            path: _pairs(content_policy, NO_STORE, hsts_max_age_s)
            for path, content_policy in content_policies.items()
        }
        self._below = [(ASSETS, _pairs(NO_CONTENT, REVALIDATE, hsts_max_age_s))]
        self._below += [(path, self._pages[path]) for path in self._pages if path[-1] == "/"]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Hand on with a `send` that adds the pairs."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        path: str = scope["path"]
        pairs = self._pages.get(path, self._usual)
        for start, of_these in self._below:
            if path.startswith(start):
                pairs = of_these

        def send_with_pairs(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                # A new list: the answer may keep its own and be sent again.
                message["headers"] = [*message.get("headers", ()), *pairs]
            return send(message)

        return self._app(scope, receive, send_with_pairs)


def _pairs(content_policy: str, cache_control: str, hsts_max_age_s: int) -> Pairs:
    headers = {
        "cache-control": cache_control,
        "content-security-policy": content_policy,
        "x-content-type-options": "nosniff",
    }
    if content_policy != NO_CONTENT:
        # What only a page has a use for: the server looks through each line of every answer.
        headers |= {
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-frame-options": "DENY",
        }
    if hsts_max_age_s:
        headers["strict-transport-security"] = f"max-age={hsts_max_age_s}"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())
