"""What every gated route does first: the address's limit, body, token, the token's limit."""

from __future__ import annotations

from typing import Any

from starlette.types import Receive, Scope

from iargus.api.container import Services
from iargus.api.gate.body import BodyRefused, load_object, read_body
from iargus.api.gate.credentials import body_token, header_token, the_token, token_expires
from iargus.api.gate.rate_limit import RateLimitGuard
from iargus.api.middleware.response_headers import add_response_headers
from iargus.auth.jwt.claims import Claims
from iargus.errors import (
    BodyEncoded,
    BodyTooLarge,
    BodyTooSlow,
    ScopeMissing,
    TokenAmbiguous,
    TokenMissing,
    TokenRejected,
)

# Refused before it is known whose the request is: these are charged to the client's address.
UNATTRIBUTED = (TokenRejected, TokenAmbiguous, BodyEncoded, BodyTooLarge, BodyTooSlow)


class Gate:
    """Lets a request in, or raises the error that says why not."""

    def __init__(self, services: Services) -> None:
        self._services = services
        policy = services.settings.policy
        self._max_bytes = policy.requests.max_body_bytes
        self._timeout_s = policy.requests.body_timeout_s
        self._rate_limits = RateLimitGuard(services.addresses, lambda: services.limits)
        self._announced_s = policy.tokens.announce_expiry_days * 86_400

    async def authenticate_with_body(
        self, scope: Scope, receive: Receive
    ) -> tuple[Claims, dict[str, Any]]:
        """Give the caller's claims and the JSON object of the body, without its token.

        The token is judged before the body's content, so that a client without one learns nothing.

        Raises:
            BodyTooLarge, BodyTooSlow, BodyEncoded, BodyInvalid, TokenRejected, TokenAmbiguous,
            TokenStateUnknown, RateLimited.
        """
        address = self._rate_limits.check_address(scope)
        unparsed: BodyRefused | None = None
        try:
            body = await read_body(
                scope, receive, max_bytes=self._max_bytes, timeout_s=self._timeout_s
            )
            in_header = header_token(scope)
            document: dict[str, Any] = {}
            try:
                document = load_object(body)
            except BodyRefused as error:
                if in_header is None:
                    # A token in a body that cannot be read is no token.
                    raise TokenMissing("a token is needed, and the body cannot be read") from None
                unparsed = error
            claims = self._holder(scope, the_token(in_header, body_token(document)))
        except UNATTRIBUTED:
            await self._rate_limits.consume_address(scope, address)
            raise
        await self._rate_limits.consume(scope, address, claims.jti)
        if unparsed is not None:
            raise unparsed.as_error()
        document.pop("security_token", None)
        return claims, document

    async def enter(self, scope: Scope) -> Claims:
        """Give the caller's claims for a request without a body; only the header counts.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited.
        """
        address = self._rate_limits.check_address(scope)
        try:
            claims = self._holder(scope, the_token(header_token(scope), None))
        except UNATTRIBUTED:
            await self._rate_limits.consume_address(scope, address)
            raise
        await self._rate_limits.consume(scope, address, claims.jti)
        return claims

    async def authenticate_with_scope(self, scope: Scope, needed: str) -> Claims:
        """The same for a route that needs the scope `needed`.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited, ScopeMissing.
        """
        claims = await self.enter(scope)
        require_scope(claims, needed)
        return claims

    def _holder(self, scope: Scope, token: str) -> Claims:
        claims, now_s = self._services.tokens.authenticate(token)
        if claims.exp - now_s < self._announced_s:
            add_response_headers(scope, [token_expires(claims.exp)])
        return claims


def require_scope(claims: Claims, needed: str) -> None:
    """Raise `ScopeMissing` unless the token has this scope."""
    if claims.scope != needed:
        raise ScopeMissing(f"this needs a token whose scope is {needed}")
