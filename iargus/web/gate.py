"""What every gated route does first: the address's limit, body, token, the token's limit."""

from __future__ import annotations

from typing import Any

from starlette.types import Receive, Scope

from iargus.errors import (
    BodyInvalid,
    BodyTooLarge,
    BodyTooSlow,
    TokenAmbiguous,
    TokenMissing,
    TokenRejected,
)
from iargus.tokens.claims import Claims
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.limited import Limited
from iargus.web.services import Services

# Refused before it is known whose the request is: these are charged to the client's address.
NOBODYS = (TokenRejected, TokenAmbiguous, BodyTooLarge, BodyTooSlow)


class Gate:
    """Lets a request in, or raises the error that says why not."""

    def __init__(self, services: Services) -> None:
        self._services = services
        policy = services.settings.policy.requests
        self._max_bytes, self._timeout_s = policy.max_body_bytes, policy.body_timeout_s
        self._limited = Limited(services.addresses, lambda: services.limits)

    async def enter_with_body(
        self, scope: Scope, receive: Receive
    ) -> tuple[Claims, dict[str, Any]]:
        """Give the caller's claims and the JSON object of the body, without its token.

        The token is judged before the body's content, so that whoever has none learns nothing.

        Raises:
            BodyTooLarge, BodyTooSlow, BodyInvalid, TokenRejected, TokenAmbiguous,
            TokenStateUnknown, RateLimited.
        """
        address = self._limited.arrive(scope)
        unreadable: BodyInvalid | None = None
        try:
            body = await read_body(
                scope, receive, max_bytes=self._max_bytes, timeout_s=self._timeout_s
            )
            in_header = header_token(scope)
            document: dict[str, Any] = {}
            try:
                document = parse_object(body)
            except BodyInvalid as error:
                if in_header is None:
                    # A token in a body that cannot be read is no token.
                    raise TokenMissing("a token is needed, and the body cannot be read") from None
                unreadable = error
            claims = self._services.tokens.authenticate(the_token(in_header, body_token(document)))
        except NOBODYS:
            await self._limited.charge(scope, address)
            raise
        await self._limited.admit(scope, address, claims.jti)
        if unreadable is not None:
            raise unreadable
        document.pop("security_token", None)
        return claims, document

    async def enter(self, scope: Scope) -> Claims:
        """Give the caller's claims for a request without a body; only the header counts.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited.
        """
        address = self._limited.arrive(scope)
        try:
            claims = self._services.tokens.authenticate(the_token(header_token(scope), None))
        except NOBODYS:
            await self._limited.charge(scope, address)
            raise
        await self._limited.admit(scope, address, claims.jti)
        return claims
