"""The only table from an error to an HTTP answer: problems after RFC 9457."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from iargus import errors
from iargus.api.public_address import left_on
from iargus.api.route_table import AllowedMethods
from iargus.server.http_status import label_of, title_of

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
    errors.AddressNotAllowed: (403, "ADDRESS_NOT_ALLOWED"),
    errors.BodyTooSlow: (408, "BODY_TOO_SLOW"),
    errors.PersonNotAllowed: (403, "PERSON_NOT_ALLOWED"),
    errors.InvitationInvalid: (403, "INVITATION_INVALID"),
    errors.ConfirmationInvalid: (410, "CONFIRMATION_INVALID"),
    errors.TokensAtLimit: (409, "TOKENS_AT_LIMIT"),
    errors.BodyTooLarge: (413, "BODY_TOO_LARGE"),
    errors.BodyEncoded: (415, "BODY_ENCODED"),
    errors.BodyInvalid: (422, "BODY_INVALID"),
    errors.LabelInvalid: (422, "LABEL_INVALID"),
    errors.PredictionUnknown: (404, "PREDICTION_UNKNOWN"),
    errors.FeedbackConflict: (409, "FEEDBACK_CONFLICT"),
    errors.RevocationUnexpected: (409, "REVOCATION_UNEXPECTED"),
    errors.VersionUnknown: (404, "VERSION_NOT_LOADED"),
    errors.RateLimited: (429, "RATE_LIMITED"),
    errors.ModelNotLoaded: (503, "MODEL_NOT_LOADED"),
    errors.ModelBusy: (503, "MODEL_BUSY"),
    errors.DatabaseUnavailable: (503, "DATABASE_UNAVAILABLE"),
    errors.SchemaMissing: (503, "DATABASE_UNAVAILABLE"),
    errors.SigningKeyMissing: (503, "SIGNING_KEY_MISSING"),
}

# A good token that may do less than this (RFC 6750 section 3.1).
_INSUFFICIENT = (errors.ScopeMissing, errors.TaskNotAllowed)

# Refusals of a token, of which the metrics count how often each happens.
_REFUSALS = (errors.TokenRejected, errors.TokenAmbiguous, errors.TokenStateUnknown, *_INSUFFICIENT)
TOKEN_LABELS = tuple(label for kind, (_, label) in TABLE.items() if issubclass(kind, _REFUSALS))

# Their messages are for administrators: clients only learn that the service cannot answer now.
HIDDEN = {
    "DATABASE_UNAVAILABLE": "the database does not answer; try again later",
    "MODEL_BUSY": "the model is overloaded; try again later",
    "SIGNING_KEY_MISSING": "no token can be issued now; try again later",
    "MODEL_NOT_LOADED": "no model is ready for this task yet; try again later",
}


class FieldProblem(BaseModel):
    """One field that is wrong: where, a stable label, and why."""

    field: str
    label: str
    detail: str


class Problem(BaseModel):
    """An error, as every route answers it (RFC 9457)."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    type: str
    title: str
    status: int
    detail: str
    label: str
    errors: list[FieldProblem] | None = None
    violated_policies: list[str] | None = Field(
        None,
        alias="violated-policies",
        description="The limits that are used up, as `RateLimit-Policy` names them",
    )


def problem_response(
    status: int,
    label: str,
    detail: str,
    *,
    fields: list[FieldProblem] | None = None,
    violated_policies: list[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build the answer for one problem."""
    problem = Problem(
        type=type_of(label),
        title=title_of(status),
        status=status,
        detail=detail,
        label=label,
        errors=fields,
        violated_policies=violated_policies,
    )
    return Response(
        problem.model_dump_json(exclude_none=True, by_alias=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def type_of(label: str) -> str:
    """The URI of a kind of problem (RFC 9457 section 3.1.1)."""
    return f"urn:iargus:problem:{label.lower().replace('_', '-')}"


def from_error(error: errors.IArgusError) -> Response:
    """The answer for an error that IArgus foresees."""
    status, label = status_and_label(type(error))
    if status == 500:
        logger.error("unexpected %s: %s", type(error).__name__, error)
        return internal_error()
    headers = dict(error.headers)
    policies: list[str] | None = None
    fields: list[FieldProblem] | None = None
    if status == 401:
        # RFC 6750 section 3: the error code only where a token was sent.
        code = "" if label == "TOKEN_MISSING" else ', error="invalid_token"'
        headers["WWW-Authenticate"] = f'Bearer realm="iargus"{code}'
    if isinstance(error, _INSUFFICIENT):
        headers["WWW-Authenticate"] = 'Bearer realm="iargus", error="insufficient_scope"'
    if status == 408:
        # RFC 9110 section 15.5.9; the rest of the body is not waited for.
        headers["Connection"] = "close"
    if status == 415:
        headers["Accept-Encoding"] = "identity"  # RFC 9110 section 12.5.3
    if isinstance(error, errors.RateLimited):
        policies = [error.limiter]
    if isinstance(error, errors.BodyInvalid) and error.fields:
        fields = [
            FieldProblem(field=place, label=f"{_named(place)}_INVALID", detail=detail)
            for place, detail in error.fields
        ]
    if status == 503:
        if not isinstance(error, errors.CircuitOpen):
            logger.warning("%s: %s", label, error)
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return problem_response(
        status,
        label,
        HIDDEN.get(label, str(error)),
        fields=fields,
        violated_policies=policies,
        headers=headers,
    )


def status_and_label(error: type[errors.IArgusError]) -> tuple[int, str]:
    """What `TABLE` says of a class of errors; 500 for one that is not in it."""
    for kind, found in TABLE.items():
        if issubclass(error, kind):
            return found
    return 500, "INTERNAL_ERROR"


def internal_error() -> Response:
    """The answer for what nobody foresaw; it says nothing internal."""
    return problem_response(500, "INTERNAL_ERROR", "internal error")


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
    (r"_ambiguous$", "AMBIGUOUS"),
]


def _field_label(location: tuple[int | str, ...], kind: str) -> str:
    names = [part for part in location if isinstance(part, str)]
    name = re.sub(r"[^A-Z0-9]+", "_", names[-1].upper()) if names else "BODY"
    for pattern, word in _KINDS:
        if re.search(pattern, kind):
            return f"{name}_{word}"
    return f"{name}_INVALID"


def _named(place: str) -> str:
    """What a label says of `cars[1].mileage`: MILEAGE. A client may have chosen the name."""
    names: list[str] = re.findall(r"[A-Za-z_][A-Za-z0-9_]{0,63}", place)
    return names[-1].upper() if names else "BODY"


Answering = Callable[[errors.IArgusError], Response]


def counting(token_rejected: Callable[[str], None]) -> Answering:
    """`from_error`, which gives `token_rejected` the label of each answer that refuses a token."""

    def answer(error: errors.IArgusError) -> Response:
        label = status_and_label(type(error))[1]
        if label in TOKEN_LABELS:
            token_rejected(label)
        return from_error(error)

    return answer


def add_handlers(app: FastAPI, answering: Answering, allowed: AllowedMethods) -> None:
    """Answer every error of `app` as a problem."""

    async def foreseen(_: Request, error: Exception) -> Response:
        assert isinstance(error, errors.IArgusError)
        return answering(error)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, ValidationError)
        return from_validation(error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.status_code
        headers = error.headers
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": allowed.of(request.scope)}
        label = {404: "ROUTE_UNKNOWN", 405: "METHOD_NOT_ALLOWED"}.get(status) or label_of(status)
        detail = left_on(request.scope) if status == HTTPStatus.NOT_FOUND else None
        return problem_response(status, label, detail or str(error.detail), headers=headers)

    async def unforeseen(request: Request, error: Exception) -> Response:
        # Starlette logs the traceback after this; the client learns nothing internal.
        logger.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
        return internal_error()

    async def vanished(request: Request, _: Exception) -> Response:
        # Nobody is there to read it; without this, it would be a traceback in the log.
        logger.debug("%s %s: the client went away", request.method, request.url.path)
        return Response(status_code=400)

    app.add_exception_handler(errors.IArgusError, foreseen)
    app.add_exception_handler(ClientDisconnect, vanished)
    app.add_exception_handler(ValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unforeseen)
