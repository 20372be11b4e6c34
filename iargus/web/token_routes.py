"""`POST /get_token` and `POST /revoke_token`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus.errors import BodyEncoded, BodyInvalid, BodyTooLarge, BodyTooSlow
from iargus.tokens.record import Holder
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.describe import GATED, Description
from iargus.web.limited import Limited
from iargus.web.problems import problem_docs
from iargus.web.services import Services
from iargus.web.token_answer import Message, TokenAnswer, token_answer
from iargus.web.token_request import TokenRequest, grant_of

MAX_BODY_BYTES = 16_384
# In the mode `confirm` everybody gets these bytes, whoever they are.
ON_ITS_WAY = Message(
    message="If this address may have a token, a mail with a link is on its way to it."
)
_MAILED: dict[int | str, dict[str, Any]] = {
    202: {"model": Message, "description": "A mail with a link is on its way, perhaps"}
}


def token_router(services: Services, description: Description) -> APIRouter:
    """The routes that issue and revoke tokens."""
    router = APIRouter(tags=["tokens"])
    limited = Limited(services.addresses, lambda: services.limits)
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
        responses={**_MAILED, **problem_docs(403, 408, 409, 413, 415, 422, 429, 503)},
        openapi_extra=description.body(TokenRequest, gated=False),
    )
    async def get_token(request: Request) -> Response:
        address = limited.arrive(request.scope)
        try:
            body = await body_of(request)
            asked = TokenRequest.model_validate(parse_object(body))
            grant = grant_of(asked, tasks=served, longest_days=longest_days)
        except (BodyTooLarge, BodyTooSlow, BodyEncoded, BodyInvalid, ValidationError):
            await limited.charge(request.scope, address)
            raise
        await limited.issue(request.scope, address)
        holder = Holder(asked.first_name, asked.surname, asked.email)
        issued = await run_in_threadpool(
            issuer.ask, holder, invitation=asked.invitation, grant=grant
        )
        if issued is None:
            return JSONResponse(ON_ITS_WAY.model_dump(), status_code=202)
        services.metrics.token_issued()
        return token_answer(issued)

    @router.post(
        "/revoke_token",
        summary="End the token that is sent",
        response_model=Message,
        responses=problem_docs(400, 401, 408, 413, 415, 429, 503),
        openapi_extra=GATED,
    )
    async def revoke_token(request: Request) -> Response:
        await limited.charge(request.scope, limited.arrive(request.scope))
        in_header = header_token(request.scope)
        body = await body_of(request)
        in_body = body_token(parse_object(body)) if in_header is None and body.strip() else None
        # Not through the gate: a token that was revoked before is answered with 200 as well.
        changed = await run_in_threadpool(services.tokens.revoke, the_token(in_header, in_body))
        if changed:
            services.metrics.token_revoked()
        message = "The token is revoked." if changed else "The token was revoked before."
        return JSONResponse({"message": message})

    return router
