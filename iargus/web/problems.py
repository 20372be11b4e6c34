"""The only table from an error to an HTTP answer: problems after RFC 9457."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from iargus import errors

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5

# error class: status and stable label; the first that an error is an instance of counts.
TABLE: dict[type[errors.IArgusError], tuple[int, str]] = {
    errors.TokenMissing: (401, "TOKEN_MISSING"),
    errors.TokenMalformed: (401, "TOKEN_INVALID"),
    errors.TokenExpired: (401, "TOKEN_EXPIRED"),
    errors.TokenRevoked: (401, "TOKEN_REVOKED"),
    errors.TokenAmbiguous: (400, "TOKEN_AMBIGUOUS"),
    errors.TokenStateUnknown: (503, "TOKEN_STATE_UNKNOWN"),
    errors.ScopeMissing: (403, "SCOPE_MISSING"),
    errors.TaskNotAllowed: (403, "TASK_NOT_ALLOWED"),
    errors.TokenUnknown: (404, "TOKEN_UNKNOWN"),
    errors.BodyTooLarge: (413, "BODY_TOO_LARGE"),
    errors.BodyInvalid: (422, "BODY_INVALID"),
    errors.LabelInvalid: (422, "LABEL_INVALID"),
    errors.PredictionUnknown: (404, "PREDICTION_UNKNOWN"),
    errors.FeedbackConflict: (409, "FEEDBACK_CONFLICT"),
    errors.RevocationUnexpected: (409, "REVOCATION_UNEXPECTED"),
    errors.VersionUnknown: (404, "VERSION_NOT_LOADED"),
    errors.RateLimited: (429, "RATE_LIMITED"),
    errors.ModelNotLoaded: (503, "MODEL_NOT_LOADED"),
    errors.DatabaseUnavailable: (503, "DATABASE_UNAVAILABLE"),
    errors.SchemaMissing: (503, "DATABASE_UNAVAILABLE"),
    errors.SigningKeyMissing: (503, "SIGNING_KEY_MISSING"),
}

# What these say is for administrators: the client is told only that the service is not able to.
HIDDEN = {
    "DATABASE_UNAVAILABLE": "the database does not answer; try again later",
    "SIGNING_KEY_MISSING": "no token can be issued at the moment; try again later",
    "MODEL_NOT_LOADED": "no model is ready for this task yet; try again later",
}


class FieldProblem(BaseModel):
    """One field that is wrong: where, a stable label, and why."""

    field: str
    label: str
    detail: str


class Problem(BaseModel):
    """An error, as every route answers it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    label: str
    errors: list[FieldProblem] | None = None


def problem_response(
    status: int,
    label: str,
    detail: str,
    *,
    fields: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build the answer for one problem."""
    problem = Problem(
        type=f"urn:iargus:problem:{label.lower().replace('_', '-')}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        label=label,
        errors=fields,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def from_error(error: errors.IArgusError) -> Response:
    """The answer for an error that IArgus foresees."""
    for kind, (status, label) in TABLE.items():
        if isinstance(error, kind):
            headers: dict[str, str] = {}
            if status == 401:
                # RFC 6750 section 3: the error code only where a token was sent.
                code = "" if label == "TOKEN_MISSING" else ', error="invalid_token"'
                headers["WWW-Authenticate"] = f'Bearer realm="iargus"{code}'
            if status == 403:
                headers["WWW-Authenticate"] = 'Bearer realm="iargus", error="insufficient_scope"'
            if status == 429 and isinstance(error, errors.RateLimited):
                headers["Retry-After"] = str(error.retry_after_s)
            if status == 503:
                logger.warning("%s: %s", label, error)
                headers["Retry-After"] = str(RETRY_AFTER_S)
            return problem_response(status, label, HIDDEN.get(label, str(error)), headers=headers)
    logger.error("unexpected %s: %s", type(error).__name__, error)
    return problem_response(500, "INTERNAL_ERROR", "something went wrong on our side")


def from_validation(error: ValidationError, *, prefix: str = "") -> Response:
    """The answer for input that does not fit: 422 with every field that is wrong."""
    fields = [
        FieldProblem(
            field=_path(problem["loc"], prefix),
            label=_field_label(problem["loc"], problem["type"]),
            detail=problem["msg"],
        )
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    detail = "; ".join(f"{field.field}: {field.detail}" for field in fields[:5])
    label = fields[0].label if len(fields) == 1 else "INPUT_INVALID"
    return problem_response(422, label, detail, fields=fields)


def _path(location: tuple[int | str, ...], prefix: str) -> str:
    text = prefix
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "body"


_KINDS = [
    (r"^missing$", "MISSING"),
    (r"_empty$|string_too_short|too_short", "EMPTY"),
    (r"too_long", "TOO_LONG"),
    (r"greater_than", "TOO_SMALL"),
    (r"less_than|in_future", "TOO_LARGE"),
]


def _field_label(location: tuple[int | str, ...], kind: str) -> str:
    names = [part for part in location if isinstance(part, str)]
    name = re.sub(r"[^A-Z0-9]+", "_", names[-1].upper()) if names else "BODY"
    for pattern, word in _KINDS:
        if re.search(pattern, kind):
            return f"{name}_{word}"
    return f"{name}_INVALID"


def add_handlers(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""

    async def foreseen(_: Request, error: Exception) -> Response:
        assert isinstance(error, errors.IArgusError)
        return from_error(error)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, ValidationError)
        return from_validation(error)

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        label = {404: "ROUTE_UNKNOWN", 405: "METHOD_NOT_ALLOWED"}.get(status, status.name)
        return problem_response(status, label, str(error.detail), headers=error.headers)

    async def unforeseen(request: Request, error: Exception) -> Response:
        # Starlette logs the traceback after this; the client learns nothing internal.
        logger.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
        return problem_response(500, "INTERNAL_ERROR", "something went wrong on our side")

    app.add_exception_handler(errors.IArgusError, foreseen)
    app.add_exception_handler(ValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unforeseen)


def problem_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route's description for these statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted(statuses)
    }
