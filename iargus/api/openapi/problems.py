"""Problems in the OpenAPI description: a route names the errors it raises, and the table of
`iargus.api.problems` says which statuses and labels these are."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from iargus import errors
from iargus.api.middleware.access import area_of, networks_of
from iargus.api.problems import MEDIA_TYPE, TABLE, status_and_label, type_of
from iargus.errors import AddressNotAllowed
from iargus.server.http_status import title_of
from iargus.settings.http import AccessPolicy

DETAILS = {
    "TOKEN_MISSING": "a token is needed: Authorization: Bearer <token>, or security_token in the "
    "body; POST /get_token issues one",
    "TOKEN_INVALID": "the token is not valid",
    "TOKEN_EXPIRED": "the token has expired",
    "TOKEN_REVOKED": "the token was revoked",
    "TOKEN_AMBIGUOUS": "the Authorization header and security_token hold different tokens",
    "TOKEN_STATE_UNKNOWN": "whether the token was revoked is currently unknown",
    "SCOPE_MISSING": "this needs a token whose scope is admin",
    "TASK_NOT_ALLOWED": "this token is not for car_price",
    "TOKEN_UNKNOWN": "no token with this id was issued",
    "ADDRESS_NOT_ALLOWED": "this address may not use this part of the service",
    "BODY_TOO_SLOW": "the body did not arrive within 20 s",
    "PERSON_NOT_ALLOWED": "this address may not have a token here",
    "INVITATION_INVALID": "this invitation is not valid",
    "CONFIRMATION_INVALID": "this link is not valid: it was used, or has expired",
    "TOKENS_AT_LIMIT": "this person holds as many tokens as one may",
    "BODY_TOO_LARGE": "the body is over 1048576 bytes",
    "BODY_ENCODED": "the body must not be compressed: send it without Content-Encoding",
    "BODY_INVALID": 'the body must be a JSON object, such as {"text": "hello"}',
    "INPUT_INVALID": "year: Input should be greater than or equal to 1900; make: Field required",
    "LABEL_INVALID": "a price is above zero, not -1",
    "PREDICTION_UNKNOWN": "no prediction of yours has this prediction_id",
    "FEEDBACK_CONFLICT": "this prediction has the label 14950 already",
    "REVOCATION_UNEXPECTED": "this matches 3 valid tokens, 1 person; repeat the request with "
    '"expected": 3 and at least one condition',
    "VERSION_NOT_LOADED": "version must be the number of a loaded model",
    "RATE_LIMITED": "too many requests; retry in 42 s",
    "MODEL_NOT_LOADED": "no model is ready for this task yet; try again later",
    "MODEL_BUSY": "the model is overloaded; try again later",
    "DATABASE_UNAVAILABLE": "the database does not answer; try again later",
    "SIGNING_KEY_MISSING": "no token can be issued now; try again later",
    "NOT_READY": "no model for car_price",
    "METRICS_UNAVAILABLE": "metrics cannot be read",
}

# Of a 422 that names its fields; with a single one, the label is that field's.
INVALID_INPUT = [
    {
        "field": "year",
        "label": "YEAR_TOO_SMALL",
        "detail": "Input should be greater than or equal to 1900",
    },
    {"field": "make", "label": "MAKE_MISSING", "detail": "Field required"},
]


Kind = type[errors.IArgusError] | type[ValidationError] | tuple[int, str]

# What `RateLimitGuard.check_address` and its companions raise.
LIMITED = (errors.RateLimited,)
# What `read_body` and `parse_object` raise.
BODY = (errors.BodyTooSlow, errors.BodyTooLarge, errors.BodyEncoded, errors.BodyInvalid)
# What `Gate.enter` raises.
GATE = (
    errors.TokenMissing,
    errors.TokenMalformed,
    errors.TokenExpired,
    errors.TokenRevoked,
    errors.TokenStateUnknown,
    *LIMITED,
)
# What `Gate.authenticate_with_body` raises.
GATE_WITH_BODY = (*GATE, errors.TokenAmbiguous, *BODY)
DATABASE = (errors.DatabaseUnavailable,)

_CHALLENGE = {"$ref": "#/components/headers/WWW-Authenticate"}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": _CHALLENGE},
    415: {"Accept-Encoding": {"$ref": "#/components/headers/Accept-Encoding"}},
    503: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
}
_COMPONENT_HEADERS = {
    "WWW-Authenticate": {
        "description": "What is missing (RFC 6750 section 3)",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer realm="iargus", error="invalid_token"',
    },
    "Accept-Encoding": {
        "description": "How a body may come (RFC 9110 section 12.5.3)",
        "required": True,
        "schema": {"type": "string", "const": "identity"},
    },
}


def problem_docs(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that raises these errors; a pair is the status and the label of
    a problem that is no error."""
    labels: dict[int, list[str]] = {}
    for kind in kinds:
        status, label = _status_and_label(kind)
        if label not in labels.setdefault(status, []):
            labels[status].append(label)
    return {status: _response(status, labels[status]) for status in sorted(labels)}


def add_problem(responses: dict[str, dict[str, Any]], kind: Kind) -> None:
    """Add one more error to the responses that a finished description has."""
    status, label = _status_and_label(kind)
    there = responses.get(str(status))
    if there is None:
        responses[str(status)] = _response(status, [label])
        return
    there["description"] += f", `{label}`"
    there["content"][MEDIA_TYPE]["examples"][label] = _reference(label)


def describe_problems(document: dict[str, Any]) -> None:
    """Write what the responses refer to into `document`."""
    components = document.setdefault("components", {})
    components.setdefault("headers", {}).update(_COMPONENT_HEADERS)
    examples = {label: _example(status, label) for status, label in _known()}
    components.setdefault("examples", {}).update(examples)


def _known() -> set[tuple[int, str]]:
    return {*TABLE.values(), (422, "INPUT_INVALID"), (503, "NOT_READY"), _METRICS}


_METRICS = (503, "METRICS_UNAVAILABLE")


def _status_and_label(kind: Kind) -> tuple[int, str]:
    if isinstance(kind, tuple):
        return kind
    if issubclass(kind, ValidationError):
        return 422, "INPUT_INVALID"
    return status_and_label(kind)


def _response(status: int, labels: list[str]) -> dict[str, Any]:
    names = ", ".join(f"`{label}`" for label in labels)
    response: dict[str, Any] = {
        "description": f"{title_of(status)}: {names}",
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {label: _reference(label) for label in labels},
            }
        },
    }
    if status in _HEADERS:
        response["headers"] = dict(_HEADERS[status])
    return response


def _reference(label: str) -> dict[str, str]:
    return {"$ref": f"#/components/examples/{label}"}


def _example(status: int, label: str) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": type_of(label),
        "title": title_of(status),
        "status": status,
        "detail": DETAILS[label],
        "label": label,
    }
    if label == "INPUT_INVALID":
        value["errors"] = INVALID_INPUT
    if label == "RATE_LIMITED":
        value["violated-policies"] = ["token"]
    return {"value": value}


def describe_access(document: dict[str, Any], policy: AccessPolicy) -> None:
    """Write the refusal into the OpenAPI description, where there is a list of networks."""
    for path, operations in document["paths"].items():
        if area_of(path) in networks_of(policy):
            for operation in operations.values():
                add_problem(operation["responses"], AddressNotAllowed)
