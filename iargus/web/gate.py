"""What every gated route does first: body, token, limit."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from iargus.errors import BodyInvalid, TokenMissing
from iargus.tokens.claims import Claims
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.services import Services


class Gate:
    """Lets a request in, or raises the error that says why not."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def enter_with_body(self, request: Request) -> tuple[Claims, dict[str, Any]]:
        """Give the caller's claims and the JSON object of the body, without its token.

        The token is judged before the body's content, so that whoever has none learns nothing.

        Raises:
            BodyTooLarge, TokenRejected, TokenAmbiguous, TokenStateUnknown, RateLimited,
            BodyInvalid.
        """
        policy = self._services.settings.policy.requests
        body = await read_body(
            request, max_bytes=policy.max_body_bytes, timeout_s=policy.body_timeout_s
        )
        in_header = header_token(request)
        try:
            document = parse_object(body)
        except BodyInvalid:
            if in_header is None:
                # A token in a body that cannot be read is no token.
                raise TokenMissing("a token is needed, and the body cannot be read") from None
            self._admit(in_header)
            raise
        claims = self._admit(the_token(in_header, body_token(document)))
        document.pop("security_token", None)
        return claims, document

    def enter(self, request: Request) -> Claims:
        """Give the caller's claims for a request without a body; only the header counts.

        Raises:
            TokenRejected, TokenStateUnknown, RateLimited.
        """
        return self._admit(the_token(header_token(request), None))

    def _admit(self, token: str) -> Claims:
        claims = self._services.tokens.authenticate(token)
        if self._services.request_limiter is not None:
            self._services.request_limiter.hit(claims.jti)
        return claims


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
