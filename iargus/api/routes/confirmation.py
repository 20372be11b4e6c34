"""`GET` and `POST /get_token/{link}`: where the link of a mail leads.

Programs open links in mails before people do, so looking issues nothing: only the form of the page
does, once. Browsers get pages, everything else JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from iargus.api.container import Services
from iargus.api.gate.body import read_body
from iargus.api.gate.rate_limit import RateLimitGuard
from iargus.api.openapi.description import path_parameter
from iargus.api.openapi.problems import DATABASE, LIMITED, problem_docs
from iargus.api.problems import from_error
from iargus.api.routes.confirmation_page import CONTENT_POLICY, Page, page_of_problem
from iargus.api.routes.token_response import TokenAnswer, token_answer
from iargus.api.routes.tokens import MAX_BODY_BYTES
from iargus.auth.issuing.links import Confirmer
from iargus.auth.tokens.service import IssuedToken
from iargus.errors import (
    BodyEncoded,
    BodyTooLarge,
    BodyTooSlow,
    ConfirmationInvalid,
    IArgusError,
    SigningKeyMissing,
    TokensAtLimit,
)

__all__ = ["CONTENT_POLICY", "LINKS", "confirm_router"]

# Everything below is a page.
LINKS = "/get_token/"

Found = TypeVar("Found")
_PROBLEMS = (ConfirmationInvalid, *LIMITED, *DATABASE)
_LINK = path_parameter("link", "The end of the link in a mail", "8f0e6a3a…")
_PAGE: dict[str, Any] = {"content": {"text/html": {}}, "description": "JSON, or a page"}


class LinkAnswer(BaseModel):
    """A link that is good."""

    message: str


def confirm_router(services: Services, confirmer: Confirmer) -> APIRouter:
    """The routes of links."""
    router = APIRouter(tags=["tokens"])
    timeout_s = services.settings.policy.requests.body_timeout_s
    rate_limits = RateLimitGuard(services.addresses, lambda: services.limits)

    def redeemed(link: str) -> IssuedToken:
        issued = confirmer.redeem(link)
        services.metrics.token_issued()
        return issued

    async def answer(
        request: Request,
        work: Callable[[str], Found],
        link: str,
        *,
        page: Callable[[Found], Page],
        other: Callable[[Found], Response],
    ) -> Response:
        as_page = "text/html" in request.headers.get("accept", "").lower()
        try:
            address = rate_limits.check_address(request.scope)
            await rate_limits.consume_issuance(request.scope, address)
            found = await run_in_threadpool(work, link)
        except IArgusError as error:
            if not as_page:
                raise
            return _html(page_of_problem(from_error(error)))
        return _html(page(found)) if as_page else other(found)

    @router.get(
        "/get_token/{link}",
        summary="Look at the link of a mail; changes nothing",
        response_model=LinkAnswer,
        responses={200: _PAGE, **problem_docs(*_PROBLEMS)},
        openapi_extra=_LINK,
    )
    async def look(request: Request) -> Response:
        return await answer(
            *(request, confirmer.look, request.path_params["link"]),
            page=lambda found: Page.asking(found.holder.email, found.expires_at),
            other=lambda _: JSONResponse(
                {"message": "This link is valid. A POST to it returns the token, once."},
            ),
        )

    @router.post(
        "/get_token/{link}",
        summary="Turn the link of a mail into its token",
        response_model=TokenAnswer,
        responses={
            200: _PAGE,
            **problem_docs(
                *_PROBLEMS, TokensAtLimit, SigningKeyMissing, BodyTooLarge, BodyTooSlow, BodyEncoded
            ),
        },
        openapi_extra=_LINK,
    )
    async def redeem(request: Request) -> Response:
        await read_body(
            request.scope, request.receive, max_bytes=MAX_BODY_BYTES, timeout_s=timeout_s
        )
        return await answer(
            *(request, redeemed, request.path_params["link"]),
            page=lambda issued: Page.giving(issued.token, issued.expires_at),
            other=token_answer,
        )

    return router


def _html(page: Page) -> Response:
    return HTMLResponse(page.html, status_code=page.status, headers=page.headers)
