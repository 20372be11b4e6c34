"""The rate limits at the door of the routes, and the fields that tell of them on every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iargus.errors import RateLimited
from iargus.limits import RequestLimits
from iargus.limits.fields import Fields
from iargus.web.client_address import ClientAddresses

# Where a request's scope holds the fields of its answer.
_FIELDS = "iargus.limit_fields"


class Limited:
    """Asks the limits for the routes of one application; `limits` gives them once it is started,
    and None where nothing is limited.

    Order: `arrive` before anything else is done, so that an address that is used up costs neither
    a body nor the check of a token; then one of the others, once, when it is known whom the
    request is to be charged to.
    """

    def __init__(
        self, addresses: ClientAddresses, limits: Callable[[], RequestLimits | None]
    ) -> None:
        self._addresses = addresses
        self._limits = limits

    def arrive(self, scope: Scope) -> str:
        """Give the client's address.

        Raises:
            RateLimited: it has used up its requests.
        """
        address = self._addresses.of(scope)
        limits = self._limits()
        if limits is not None:
            try:
                limits.check_address(address)
            except RateLimited as refused:
                scope[_FIELDS][:] = refused.fields
                raise
        return address

    async def admit(self, scope: Scope, address: str, jti: str) -> None:
        """Charge a request to its token and its address.

        Raises:
            RateLimited: one of them is used up; nothing is charged then.
        """
        limits = self._limits()
        if limits is None:
            return
        if limits.over_hosts:
            await _tell(scope, limits.admit_everywhere(address, jti))
            return
        # The usual case, and part of every prediction: nothing is awaited that need not be.
        try:
            scope[_FIELDS][:] = limits.admit(address, jti)
        except RateLimited as refused:
            scope[_FIELDS][:] = refused.fields
            raise

    async def charge(self, scope: Scope, address: str) -> None:
        """Charge a request to its address alone: it has no good token, or needs none.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            await _tell(scope, limits.admit_unknown_everywhere(address))

    async def issue(self, scope: Scope, address: str) -> None:
        """Charge a new token to the address that asks for it.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            await _tell(scope, limits.admit_issuance_everywhere(address))


async def _tell(scope: Scope, decision: Awaitable[Fields]) -> None:
    """Keep the fields of the answer, also of a refusal."""
    try:
        scope[_FIELDS][:] = await decision
    except RateLimited as refused:
        scope[_FIELDS][:] = refused.fields
        raise


class LimitFields:
    """ASGI middleware: puts the fields on the answer, whatever the answer is."""

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
