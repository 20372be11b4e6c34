"""`/admin/tokens`: finding and revoking tokens, for a token whose scope is `admin`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from iargus.api.container import Services
from iargus.api.gate.gate import Gate, require_scope
from iargus.api.json_response import JsonResponse
from iargus.api.openapi.description import (
    GATED,
    ONE_TOKEN,
    TO_NEWEST_TOKEN,
    Description,
    path_parameter,
    query_parameter,
)
from iargus.api.openapi.problems import DATABASE, GATE, GATE_WITH_BODY, problem_docs
from iargus.api.routes.admin_models import (
    MAX_DAYS,
    MAX_ID,
    MAX_PAGE_ROWS,
    PAGE_ROWS,
    TEXT,
    Revocation,
    RevocationResult,
    Search,
    TokenInfo,
    TokenPage,
    TokenQuery,
    as_info,
    as_page,
)
from iargus.auth.jwt.claims import ADMIN
from iargus.auth.tokens.register import Wanted
from iargus.clock import to_naive_utc
from iargus.errors import RevocationUnexpected, ScopeMissing, TokenUnknown
from iargus.metrics import families
from iargus.text import counted

_PROBLEMS = (*GATE, ScopeMissing, *DATABASE)
_BODY_PROBLEMS = (*GATE_WITH_BODY, ScopeMissing, ValidationError, *DATABASE)
_QUERY = [
    query_parameter("kid", "Only tokens that this key signed", **TEXT),
    query_parameter("jti", "Only this token", **TEXT),
    query_parameter(
        "older_than_days",
        "Only tokens issued so many days ago or earlier",
        type="integer",
        minimum=0,
        maximum=MAX_DAYS,
    ),
    query_parameter("issued_before", "Only tokens issued before this time", format="date-time"),
    query_parameter(
        "limit", "How many", type="integer", minimum=1, maximum=MAX_PAGE_ROWS, default=PAGE_ROWS
    ),
    query_parameter(
        "cursor", "Where the page before has ended", type="integer", minimum=1, maximum=MAX_ID
    ),
]


class _OneSegment(Convertor[str]):
    """What stands where a token's id may: not the name of another route, which takes no GET."""

    regex = r"(?!(?:search|revoke)$)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("jti", _OneSegment())


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
        return JsonResponse(as_page(page, revoked, now=now).model_dump_json().encode())

    async def body(request: Request) -> dict[str, Any]:
        claims, document = await gate.authenticate_with_body(request.scope, request.receive)
        require_scope(claims, ADMIN)
        return document

    @router.get(
        "",
        name="list_tokens",
        summary="Tokens, the newest first, a page at a time",
        response_model=TokenPage,
        responses={200: {"links": TO_NEWEST_TOKEN}, **problem_docs(*_PROBLEMS, ValidationError)},
        openapi_extra=GATED | {"parameters": _QUERY},
    )
    async def listed(request: Request) -> Response:
        await gate.authenticate_with_scope(request.scope, ADMIN)
        return await found(TokenQuery.read(request.query_params))

    @router.post(
        "/search",
        name="search_tokens",
        summary="The same, also by person",
        response_model=TokenPage,
        responses={200: {"links": TO_NEWEST_TOKEN}, **problem_docs(*_BODY_PROBLEMS)},
        openapi_extra=description.body(Search, gated=True),
    )
    async def search(request: Request) -> Response:
        return await found(Search.model_validate(await body(request)))

    @router.post(
        "/revoke",
        name="revoke_tokens",
        summary="Revoke a token, or as many as are expected",
        response_model=RevocationResult,
        responses=problem_docs(*_BODY_PROBLEMS, RevocationUnexpected),
        openapi_extra=description.body(Revocation, gated=True),
    )
    async def revoke(request: Request) -> Response:
        asked = Revocation.model_validate(await body(request))
        number = await run_in_threadpool(_revoke, services, asked.wanted(clock()), asked.expected)
        return JsonResponse(RevocationResult(revoked=number).model_dump_json().encode())

    @router.get(
        "/{jti:jti}",
        name=ONE_TOKEN,
        summary="One token",
        response_model=TokenInfo,
        responses=problem_docs(*_PROBLEMS, TokenUnknown),
        openapi_extra=GATED
        | path_parameter("jti", "The id of a token", "019a8f0e-6a3a-7c3e-9a51-3b1f0f0f7f11"),
    )
    async def show(request: Request) -> Response:
        await gate.authenticate_with_scope(request.scope, ADMIN)
        record = await run_in_threadpool(register.find, request.path_params["jti"])
        revoked = await run_in_threadpool(register.revoked_kids)
        return JsonResponse(as_info(record, revoked, now=clock()).model_dump_json().encode())

    return router


def _revoke(services: Services, wanted: Wanted, expected: int | None) -> int:
    at = to_naive_utc(services.clock())
    count, people = services.register.count(wanted, at)
    if count != (1 if expected is None else expected) or wanted.everything:
        raise RevocationUnexpected(
            f"this matches {counted(count, 'valid token')}, {counted(people, 'person', 'people')}; "
            f'repeat the request with "expected": {count} and at least one condition'
        )
    done = 0
    for number in services.register.revoke(wanted, at):
        services.metrics.count(families.TOKENS_REVOKED, number=number)
        done += number
    return done
