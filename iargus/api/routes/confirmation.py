"""`GET` and `POST /get_token/{link}`: the link of a confirmation mail.

Mail scanners open links before people do, so GET issues nothing: only the form of the page does,
once. Browsers get pages, self-contained and without script; everything else gets JSON.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from iargus.api.container import Services
from iargus.api.gate.body import read_body
from iargus.api.gate.rate_limit import RateLimitGuard
from iargus.api.openapi.description import path_parameter
from iargus.api.openapi.problems import DATABASE, LIMITED, problem_docs
from iargus.api.problems import Problem, from_error
from iargus.api.routes.token_models import TokenAnswer, token_answer
from iargus.api.routes.tokens import MAX_BODY_BYTES
from iargus.auth.issuing.links import Confirmation, Confirmer
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
from iargus.metrics import families

_PAGES = Environment(
    loader=PackageLoader("iargus.api"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = _PAGES.get_template("confirm.css.j2").render()
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The other headers of a page, of which it needs `Referrer-Policy: no-referrer` for its address is a
# secret, are those of every page (`SecurityHeaders`).
HEADERS = {"X-Robots-Tag": "noindex, nofollow"}
# What the page of a problem keeps of the headers of its answer.
_KEPT = ("retry-after", "ratelimit-policy", "ratelimit")
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TITLES = {
    "CONFIRMATION_INVALID": "This link gives no token",
    "TOKENS_AT_LIMIT": "You hold as many tokens as one may",
    "RATE_LIMITED": "Too many requests",
}


def _page(
    title: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **facts: str
) -> HTMLResponse:
    html = _PAGES.get_template("confirm.html.j2").render(title=title, style=_STYLE, **facts)
    return HTMLResponse(html, status_code=status, headers={**HEADERS, **(headers or {})})


def _form(found: Confirmation) -> Response:
    """The page with the button; its times are UTC without a zone, as in the database."""
    until = f"{found.expires_at:%H:%M}"
    return _page("Your token", part="asking", email=found.holder.email, until=until)


def _token_page(issued: IssuedToken) -> Response:
    """The page that shows the token, this once."""
    until = f"{issued.expires_at.astimezone(UTC):%d %B %Y}".lstrip("0")
    return _page("Your token", part="giving", token=issued.token, until=until)


def _problem_page(answer: Response) -> Response:
    """The page that says what a problem says."""
    problem = Problem.model_validate_json(bytes(answer.body))
    return _page(
        _TITLES.get(problem.label, "This does not work now"),
        status=answer.status_code,
        headers={name: answer.headers[name] for name in _KEPT if name in answer.headers},
        part="problem",
        detail=problem.detail,
        label=problem.label,
    )


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
        services.metrics.count(families.TOKENS_ISSUED)
        return issued

    async def answer(
        request: Request,
        work: Callable[[str], Found],
        link: str,
        *,
        page: Callable[[Found], Response],
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
            return _problem_page(from_error(error))
        return page(found) if as_page else other(found)

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
            page=_form,
            other=lambda _: JSONResponse(
                {"message": "This link is valid. A POST to it returns the token, once."}
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
            *(request, redeemed, request.path_params["link"]), page=_token_page, other=token_answer
        )

    return router
