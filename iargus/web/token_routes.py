"""`POST /get_token` and `POST /revoke_token`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus.tokens.store import Holder
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.describe import GATED, Description
from iargus.web.gate import client_address
from iargus.web.problems import problem_docs
from iargus.web.services import Services
from iargus.web.token_answer import NO_STORE, Message, TokenAnswer, token_answer
from iargus.web.token_request import TokenRequest

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
    max_bytes = min(MAX_BODY_BYTES, services.settings.policy.requests.max_body_bytes)
    ttl_days = services.settings.policy.tokens.ttl_days
    issuer = services.issuing.issuer

    @router.post(
        "/get_token",
        summary="Issue a token, or have a link mailed that does",
        response_model=TokenAnswer,
        responses={**_MAILED, **problem_docs(403, 409, 413, 422, 429, 503)},
        openapi_extra=description.body(TokenRequest, gated=False),
    )
    async def get_token(request: Request) -> Response:
        body = await read_body(request.scope, request.receive, max_bytes=max_bytes)
        asked = TokenRequest.model_validate(parse_object(body))
        if services.token_limiter is not None:
            services.token_limiter.hit(client_address(request, services))
        holder = Holder(asked.first_name, asked.surname, asked.email)
        issued = await run_in_threadpool(issuer.ask, holder, invitation=asked.invitation)
        if issued is None:
            return JSONResponse(ON_ITS_WAY.model_dump(), status_code=202, headers=NO_STORE)
        return token_answer(issued, ttl_days=ttl_days)

    @router.post(
        "/revoke_token",
        summary="End the token that is sent",
        response_model=Message,
        responses=problem_docs(400, 401, 413, 503),
        openapi_extra=GATED,
    )
    async def revoke_token(request: Request) -> Response:
        in_header = header_token(request.scope)
        body = await read_body(request.scope, request.receive, max_bytes=max_bytes)
        in_body = body_token(parse_object(body)) if in_header is None and body.strip() else None
        # Not through the gate: a token that was revoked before is answered with 200 as well.
        changed = await run_in_threadpool(services.tokens.revoke, the_token(in_header, in_body))
        message = "The token is revoked." if changed else "The token was revoked before."
        return JSONResponse({"message": message}, headers=NO_STORE)

    return router
