"""`GET` and `POST /get_token/{link}`: the link of a confirmation mail.

Mail scanners open links before people do, so GET issues nothing: only the form of the page does,
once. Browsers get pages, self-contained and without script; everything else gets JSON.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

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


@dataclass(frozen=True)
class Page:
    """A page, its status and its headers."""

    html: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))

    @classmethod
    def asking(cls, email: str, expires_at: datetime) -> Self:
        """The page with the button; `expires_at` is UTC without a zone, as in the database."""
        until = f"{expires_at:%H:%M}"
        return cls(_render("Your token", part="asking", email=email, until=until))

    @classmethod
    def giving(cls, token: str, expires_at: datetime) -> Self:
        """The page that shows the token, this once."""
        until = f"{expires_at.astimezone(UTC):%d %B %Y}".lstrip("0")
        return cls(_render("Your token", part="giving", token=token, until=until))


def page_of_problem(answer: Response) -> Page:
    """The page that says what the answer of `problems` says."""
    problem = Problem.model_validate_json(bytes(answer.body))
    title = _TITLES.get(problem.label, "This does not work now")
    kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    html = _render(title, part="problem", detail=problem.detail, label=problem.label)
    return Page(html, answer.status_code, {**HEADERS, **kept})


def _render(title: str, **facts: str) -> str:
    return _PAGES.get_template("confirm.html.j2").render(title=title, style=_STYLE, **facts)


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
