"""`POST /get_token` and `POST /revoke_token`."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus import errors
from iargus.api.container import Services
from iargus.api.gate.body import parse_object, read_body
from iargus.api.gate.credentials import body_token, header_token, the_token
from iargus.api.gate.rate_limit import RateLimitGuard
from iargus.api.openapi.description import Description, with_examples
from iargus.api.openapi.problems import BODY, DATABASE, LIMITED, problem_docs
from iargus.api.routes.token_models import (
    Message,
    TokenAnswer,
    TokenRequest,
    grant_of,
    refine_request,
    token_answer,
)
from iargus.auth.tokens.record import Holder
from iargus.errors import BodyEncoded, BodyInvalid, BodyTooLarge, BodyTooSlow, TokenMissing
from iargus.metrics import families

MAX_BODY_BYTES = 16_384
# In the mode `confirm` every request gets these bytes.
ON_ITS_WAY = Message(
    message="If this address may have a token, a mail with a link is on its way to it."
)
_MAILED: dict[int | str, dict[str, Any]] = {
    202: {"model": Message, "description": "A mail with a link is on its way, perhaps"}
}
_ISSUING = (
    *LIMITED,
    *BODY,
    ValidationError,
    errors.PersonNotAllowed,
    errors.InvitationInvalid,
    errors.TokensAtLimit,
    errors.SigningKeyMissing,
    *DATABASE,
)
_REVOKING = (
    *LIMITED,
    *BODY,
    errors.TokenMissing,
    errors.TokenMalformed,
    errors.TokenExpired,
    errors.TokenAmbiguous,
    *DATABASE,
)


class OwnToken(BaseModel):
    """Nothing but the token, where it is not in the header."""

    model_config = with_examples({})


def token_router(services: Services, description: Description) -> APIRouter:
    """The routes that issue and revoke tokens."""
    router = APIRouter(tags=["tokens"])
    rate_limits = RateLimitGuard(services.addresses, lambda: services.limits)
    policy = services.settings.policy.requests
    max_bytes, timeout_s = min(MAX_BODY_BYTES, policy.max_body_bytes), policy.body_timeout_s
    served = services.catalogue.names()
    longest_days = services.settings.policy.tokens.ttl_days
    issuer = services.issuing.issuer

    async def body_of(request: Request) -> bytes:
        return await read_body(
            request.scope, request.receive, max_bytes=max_bytes, timeout_s=timeout_s
        )

    @router.post(
        "/get_token",
        summary="Issue a token, or have a link mailed that does",
        response_model=TokenAnswer,
        responses={**_MAILED, **problem_docs(*_ISSUING)},
        openapi_extra=description.body(
            TokenRequest,
            gated=False,
            refine=partial(refine_request, tasks=served, longest_days=longest_days),
        ),
    )
    async def get_token(request: Request) -> Response:
        address = rate_limits.check_address(request.scope)
        try:
            body = await body_of(request)
            asked = TokenRequest.model_validate(parse_object(body))
            grant = grant_of(asked, tasks=served, longest_days=longest_days)
        except (BodyTooLarge, BodyTooSlow, BodyEncoded, BodyInvalid, ValidationError):
            await rate_limits.consume_address(request.scope, address)
            raise
        await rate_limits.consume_issuance(request.scope, address)
        holder = Holder(asked.first_name, asked.surname, asked.email)
        issued = await run_in_threadpool(
            issuer.ask, holder, invitation=asked.invitation, grant=grant
        )
        if issued is None:
            return JSONResponse(ON_ITS_WAY.model_dump(), status_code=202)
        services.metrics.count(families.TOKENS_ISSUED)
        return token_answer(issued)

    @router.post(
        "/revoke_token",
        summary="End the token that is sent",
        response_model=Message,
        responses=problem_docs(*_REVOKING),
        openapi_extra=description.body(OwnToken, gated=True, required=False),
    )
    async def revoke_token(request: Request) -> Response:
        await rate_limits.consume_address(request.scope, rate_limits.check_address(request.scope))
        in_header = header_token(request.scope)
        body = await body_of(request)
        try:
            in_body = body_token(parse_object(body)) if body.strip() else None
        except BodyInvalid:
            if in_header is None:
                # As at the gate: a client without a token learns nothing else.
                raise TokenMissing("a token is needed, and the body cannot be read") from None
            raise
        # Not through the gate: a token that was revoked before is answered with 200 as well.
        changed = await run_in_threadpool(services.tokens.revoke, the_token(in_header, in_body))
        if changed:
            services.metrics.count(families.TOKENS_REVOKED)
        message = "The token is revoked." if changed else "The token was revoked before."
        return JSONResponse({"message": message})

    return router
