"""`POST /get_token` and `POST /revoke_token`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, LiteralString

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
from pydantic_core import InitErrorDetails, PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus.tokens.claims import MAX_TASKS
from iargus.tokens.record import Grant, Holder
from iargus.web.auth import body_token, header_token, the_token
from iargus.web.body import parse_object, read_body
from iargus.web.describe import GATED, Description
from iargus.web.gate import client_address
from iargus.web.problems import problem_docs
from iargus.web.services import Services

NO_STORE = {"Cache-Control": "no-store"}


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
    tasks: list[str] | None = Field(
        None, min_length=1, max_length=MAX_TASKS, description="The only tasks that it is for"
    )
    ttl_days: int | None = Field(
        None, ge=1, description="Fewer days than the policy gives", strict=True
    )


def _grant(asked: TokenRequest, services: Services) -> Grant:
    """What of a request is less than every token has.

    Raises:
        ValidationError: a task is not served, or the days are more than the policy's.
    """
    served = services.catalogue.names()
    longest = services.settings.policy.tokens.ttl_days
    if asked.ttl_days is not None and asked.ttl_days > longest:
        raise _wrong("ttl_days", asked.ttl_days, "less_than_policy", "More days than may be")
    if asked.tasks is None:
        return Grant(ttl_days=asked.ttl_days)
    if unknown := [task for task in asked.tasks if task not in served]:
        raise _wrong("tasks", unknown, "unknown_task", "A task that is not served here")
    return Grant(ttl_days=asked.ttl_days, tasks=tuple(sorted(set(asked.tasks))))


def _wrong(field: str, value: object, kind: LiteralString, why: LiteralString) -> ValidationError:
    error = PydanticCustomError(kind, why)
    details = InitErrorDetails(type=error, loc=(field,), input=value)
    return ValidationError.from_exception_data("TokenRequest", [details])


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
    max_bytes = min(16_384, services.settings.policy.requests.max_body_bytes)

    @router.post(
        "/get_token",
        summary="Issue a token",
        response_model=TokenAnswer,
        responses=problem_docs(413, 422, 429, 503),
        openapi_extra=description.body(TokenRequest, gated=False),
    )
    async def get_token(request: Request) -> Response:
        body = await read_body(request.scope, request.receive, max_bytes=max_bytes)
        asked = TokenRequest.model_validate(parse_object(body))
        grant = _grant(asked, services)
        if services.token_limiter is not None:
            services.token_limiter.hit(client_address(request, services))
        holder = Holder(asked.first_name, asked.surname, asked.email)
        issued = await run_in_threadpool(services.tokens.issue, holder, grant)
        days = issued.expires_in_s // 86_400
        answer = TokenAnswer(
            message=f"This token is valid for {days} days. Keep it: it is not shown again.",
            token=issued.token,
            token_type="bearer",  # noqa: S106 - the type, not the token
            expires_at=issued.expires_at,
            expires_in=issued.expires_in_s,
        )
        return JSONResponse(answer.model_dump(mode="json"), headers=NO_STORE)

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
