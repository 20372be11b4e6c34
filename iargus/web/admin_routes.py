"""`/admin/tokens`: finding and revoking tokens, for a token whose scope is `admin`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from iargus.clock import to_naive_utc
from iargus.errors import RevocationUnexpected
from iargus.tokens.claims import ADMIN
from iargus.tokens.register import Wanted
from iargus.web.admin_models import (
    Revocation,
    Revoked,
    Search,
    TokenInfo,
    TokenPage,
    as_info,
    as_page,
)
from iargus.web.describe import GATED, Description, query_parameter
from iargus.web.gate import Gate, require_scope
from iargus.web.json_answer import JsonAnswer
from iargus.web.problems import problem_docs
from iargus.web.services import Services

_PROBLEMS = (401, 403, 422, 429, 503)
_BODY_PROBLEMS = (*_PROBLEMS, 400, 408, 413, 415)
_QUERY = [
    query_parameter("kid", "Only tokens that this key signed"),
    query_parameter("issued_before", "Only tokens issued before this time", format="date-time"),
    query_parameter("limit", "How many; 100 at first, 1,000 at most", type="integer"),
    query_parameter("cursor", "Where the page before has ended", type="integer"),
]


def admin_router(services: Services, description: Description) -> APIRouter:
    """The routes of administrators."""
    router = APIRouter(tags=["admin"], prefix="/admin/tokens")
    gate, register, clock = Gate(services), services.register, services.clock

    async def found(search: Search) -> Response:
        now = clock()
        page = await run_in_threadpool(
            register.page, search.wanted(now), limit=search.limit, cursor=search.cursor
        )
        revoked = await run_in_threadpool(register.revoked_kids)
        return JsonAnswer(as_page(page, revoked, now=now).model_dump_json().encode())

    async def body(request: Request) -> dict[str, Any]:
        claims, document = await gate.enter_with_body(request.scope, request.receive)
        require_scope(claims, ADMIN)
        return document

    @router.get(
        "",
        summary="Tokens, the newest first, a page at a time",
        response_model=TokenPage,
        responses=problem_docs(*_PROBLEMS),
        openapi_extra=GATED | {"parameters": _QUERY},
    )
    async def listed(request: Request) -> Response:
        await gate.enter_as(request.scope, ADMIN)
        return await found(_QueryOfTokens.model_validate(dict(request.query_params)))

    @router.post(
        "/search",
        summary="The same, also by person",
        response_model=TokenPage,
        responses=problem_docs(*_BODY_PROBLEMS),
        openapi_extra=description.body(Search, gated=True),
    )
    async def search(request: Request) -> Response:
        return await found(Search.model_validate(await body(request)))

    @router.post(
        "/revoke",
        summary="Revoke a token, or as many as are expected",
        response_model=Revoked,
        responses=problem_docs(*_BODY_PROBLEMS, 409),
        openapi_extra=description.body(Revocation, gated=True),
    )
    async def revoke(request: Request) -> Response:
        asked = Revocation.model_validate(await body(request))
        number = await run_in_threadpool(_revoke, services, asked.wanted(clock()), asked.expected)
        return JsonAnswer(Revoked(revoked=number).model_dump_json().encode())

    @router.get(
        "/{jti}",
        summary="One token",
        response_model=TokenInfo,
        responses=problem_docs(*_PROBLEMS, 404),
        openapi_extra=GATED,
    )
    async def show(request: Request, jti: str) -> Response:
        await gate.enter_as(request.scope, ADMIN)
        record = await run_in_threadpool(register.find, jti)
        revoked = await run_in_threadpool(register.revoked_kids)
        return JsonAnswer(as_info(record, revoked, now=clock()).model_dump_json().encode())

    return router


class _QueryOfTokens(Search):
    """A search whose person cannot be in the URL."""

    email: None = None


def _revoke(services: Services, wanted: Wanted, expected: int | None) -> int:
    at = to_naive_utc(services.clock())
    count, people = services.register.count(wanted, at)
    if count != (1 if expected is None else expected) or wanted.everything:
        raise RevocationUnexpected(
            f"this means {count} valid tokens of {people} people; ask again with "
            f'"expected": {count}, and with something that says which are meant'
        )
    done = 0
    for number in services.register.revoke(wanted, at):
        services.metrics.token_revoked(number)
        done += number
    return done
