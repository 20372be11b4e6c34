"""The rate limits of the routes."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope

from iargus.api.client_address import ClientAddresses
from iargus.api.middleware.response_headers import add_response_headers
from iargus.ratelimit import RequestLimits


class RateLimitGuard:
    """Consumes the quotas for the routes of one application; `limits` gives them once it is
    started, and None where nothing is limited.

    Order: `check_address` before anything else is done, so that an address that is used up costs
    neither a body nor the check of a token; then one of the others, once, when it is known whose
    quota the request consumes. A refusal carries the headers of its answer.
    """

    def __init__(
        self, addresses: ClientAddresses, limits: Callable[[], RequestLimits | None]
    ) -> None:
        self._addresses = addresses
        self._limits = limits

    def check_address(self, scope: Scope) -> str:
        """Give the client's address.

        Raises:
            RateLimited: it has used up its requests.
        """
        address = self._addresses.of(scope)
        limits = self._limits()
        if limits is not None:
            limits.check_address(address)
        return address

    async def consume(self, scope: Scope, address: str, jti: str) -> None:
        """Count a request under its token and its address.

        Raises:
            RateLimited: one of them is used up; nothing is counted then.
        """
        limits = self._limits()
        if limits is None:
            return
        # The usual case, and part of every prediction: nothing is awaited that need not be.
        if limits.is_distributed:
            headers = await limits.consume_distributed(address, jti)
        else:
            headers = limits.consume(address, jti)
        add_response_headers(scope, headers)

    async def consume_address(self, scope: Scope, address: str) -> None:
        """Count a request under its address alone: it has no good token, or needs none.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            add_response_headers(scope, await limits.consume_address(address))

    async def consume_issuance(self, scope: Scope, address: str) -> None:
        """Count a new token under the address that asks for it.

        Raises:
            RateLimited: the address is used up.
        """
        limits = self._limits()
        if limits is not None:
            add_response_headers(scope, await limits.consume_issuance(address))
