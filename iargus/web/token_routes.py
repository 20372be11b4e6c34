"""`POST /get_token` and `POST /revoke_token`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, Request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus.errors import BodyInvalid, BodyTooLarge, BodyTooSlow
from iargus.tokens.store import Holder
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.describe import GATED, Description
from iargus.web.limited import Limited
from iargus.web.problems import problem_docs
from iargus.web.services import Services


def _no_controls(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise PydanticCustomError(
            "name_invalid", "the name holds characters that cannot be printed"
        )
    return text


def _plausible(address: str) -> str:
    try:
        # No look-up of the domain: whether an address is plausible must not need the network.
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError(
            "email_invalid", "{reason}", {"reason": str(error).rstrip(".")}
        ) from None


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_no_controls),
]


class TokenRequest(BaseModel):
    """Who asks for a token."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"first_name": "Ada", "surname": "King", "email": "ada@example.com"}]
        }
    )

    first_name: Name
    surname: Name
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_plausible)
    ] = Field(description="A plausible address", json_schema_extra={"format": "email"})


class TokenAnswer(BaseModel):
    """A new token. It is shown this once: only its digest is kept."""

    message: str
    token: str
    token_type: Literal["bearer"]
    expires_at: datetime
    expires_in: int = Field(description="Seconds")


class Message(BaseModel):
    message: str


def token_router(services: Services, description: Description) -> APIRouter:
    """The routes that issue and revoke tokens."""
    router = APIRouter(tags=["tokens"])
    limited = Limited(services.addresses, lambda: services.limits)
    policy = services.settings.policy.requests
    max_bytes, timeout_s = min(16_384, policy.max_body_bytes), policy.body_timeout_s

    async def body_of(request: Request) -> bytes:
        return await read_body(
            request.scope, request.receive, max_bytes=max_bytes, timeout_s=timeout_s
        )

    @router.post(
        "/get_token",
        summary="Issue a token",
        response_model=TokenAnswer,
        responses=problem_docs(408, 413, 422, 429, 503),
        openapi_extra=description.body(TokenRequest, gated=False),
    )
    async def get_token(request: Request) -> Response:
        address = limited.arrive(request.scope)
        try:
            body = await body_of(request)
            asked = TokenRequest.model_validate(parse_object(body))
        except (BodyTooLarge, BodyTooSlow, BodyInvalid, ValidationError):
            await limited.charge(request.scope, address)
            raise
        await limited.issue(request.scope, address)
        holder = Holder(asked.first_name, asked.surname, asked.email)
        issued = await run_in_threadpool(services.tokens.issue, holder)
        services.metrics.token_issued()
        days = services.settings.policy.tokens.ttl_days
        answer = TokenAnswer(
            message=f"This token is valid for {days} days. Keep it: it is not shown again.",
            token=issued.token,
            token_type="bearer",  # noqa: S106 - the type, not the token
            expires_at=issued.expires_at,
            expires_in=issued.expires_in_s,
        )
        return JSONResponse(answer.model_dump(mode="json"))

    @router.post(
        "/revoke_token",
        summary="End the token that is sent",
        response_model=Message,
        responses=problem_docs(400, 401, 408, 413, 429, 503),
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
