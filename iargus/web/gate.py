"""What every gated route does first: body, token, limit."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope

from iargus.errors import BodyInvalid, ScopeMissing, TokenMissing
from iargus.tokens.claims import Claims
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.services import Services

# Where a request's scope keeps the end of its token, in seconds since 1970, if that is near.
ENDS_SOON = "iargus.ends_soon"


class Gate:
    """Lets a request in, or raises the error that says why not."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._max_bytes = services.settings.policy.requests.max_body_bytes
        self._announced_s = services.settings.policy.tokens.announce_expiry_days * 86_400

    async def enter_with_body(
        self, scope: Scope, receive: Receive
    ) -> tuple[Claims, dict[str, Any]]:
        """Give the caller's claims and the JSON object of the body, without its token.

        The token is judged before the body's content, so that whoever has none learns nothing.

        Raises:
            BodyTooLarge, TokenRejected, TokenAmbiguous, TokenStateUnknown, RateLimited,
            BodyInvalid.
        """
        body = await read_body(scope, receive, max_bytes=self._max_bytes)
        in_header = header_token(scope)
        try:
            document = parse_object(body)
        except BodyInvalid:
            if in_header is None:
                # A token in a body that cannot be read is no token.
                raise TokenMissing("a token is needed, and the body cannot be read") from None
            self._admit(scope, in_header)
            raise
        claims = self._admit(scope, the_token(in_header, body_token(document)))
        document.pop("security_token", None)
        return claims, document

    def enter(self, scope: Scope) -> Claims:
        """Give the caller's claims for a request without a body; only the header counts.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited.
        """
        return self._admit(scope, the_token(header_token(scope), None))

    def enter_as(self, scope: Scope, needed: str) -> Claims:
        """The same for a route that needs the scope `needed`.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited, ScopeMissing.
        """
        claims = self.enter(scope)
        require_scope(claims, needed)
        return claims

    def _admit(self, scope: Scope, token: str) -> Claims:
        claims, now_s = self._services.tokens.authenticated(token)
        if claims.exp - now_s < self._announced_s:
            scope[ENDS_SOON] = claims.exp
        if self._services.request_limiter is not None:
            self._services.request_limiter.hit(claims.jti)
        return claims


def require_scope(claims: Claims, needed: str) -> None:
    """Raise `ScopeMissing` unless the token has this scope."""
    if claims.scope != needed:
        raise ScopeMissing(f"this needs a token whose scope is {needed}")


def client_address(request: Request, services: Services) -> str:
    """Where a request comes from: the connection's address, or the header that the policy
    trusts (Azure's front end overwrites `client-ip`, and may add a port)."""
    settings = services.settings
    header = settings.policy.limits.client_address_header
    if header is None and settings.environment.on_azure:
        header = "client-ip"
    value = request.headers.get(header, "").strip() if header else ""
    if not value:
        return request.client.host if request.client else "unknown"
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0] if value.count(":") == 1 else value
