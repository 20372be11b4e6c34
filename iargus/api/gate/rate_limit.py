"""The rate limits at the door of the routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import Scope

from iargus.api.client_address import ClientAddresses
from iargus.api.middleware.response_headers import add_response_headers
from iargus.errors import RateLimited
from iargus.ratelimit import RequestLimits
from iargus.ratelimit.headers import Fields


class RateLimitGuard:
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
                add_response_headers(scope, refused.fields)
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
        if limits.is_distributed:
            await _tell(scope, limits.consume_distributed(address, jti))
            return
        # The usual case, and part of every prediction: nothing is awaited that need not be.
        try:
            add_response_headers(scope, limits.admit(address, jti))
        except RateLimited as refused:
            add_response_headers(scope, refused.fields)
            raise

    async def charge(self, scope: Scope, address: str) -> None:
        """Charge a request to its address alone: it has no good token, or needs none.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            await _tell(scope, limits.consume_address_distributed(address))

    async def issue(self, scope: Scope, address: str) -> None:
        """Charge a new token to the address that asks for it.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            await _tell(scope, limits.consume_issuance_distributed(address))


async def _tell(scope: Scope, decision: Awaitable[Fields]) -> None:
    """Keep the fields of the answer, also of a refusal."""
    try:
        add_response_headers(scope, await decision)
    except RateLimited as refused:
        add_response_headers(scope, refused.fields)
        raise
