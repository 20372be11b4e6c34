"""Problems in the OpenAPI description: a route names the errors it raises, and the table of
`iargus.api.problems` says which statuses and labels these are."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from iargus import errors
from iargus.api.openapi.problem_examples import DETAILS, INVALID_INPUT
from iargus.api.problems import MEDIA_TYPE, TABLE, status_and_label, type_of
from iargus.server.http_status import title_of

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
