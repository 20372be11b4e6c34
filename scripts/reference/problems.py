"""Problems: the table of errors, with an example and what a client does about each."""

from __future__ import annotations

from http import HTTPStatus

from iargus.api.openapi.problems import DETAILS
from iargus.api.openapi.remedies import REMEDIES
from iargus.api.problems import TABLE, type_of
from scripts.reference.markdown import code, table

# Answers that no error of `iargus.errors` stands for, with their status.
OTHERS = {
    "ROUTE_UNKNOWN": 404,
    "METHOD_NOT_ALLOWED": 405,
    "INPUT_INVALID": 422,
    "HEADER_TOO_LARGE": 431,
    "INTERNAL_ERROR": 500,
    "METRICS_UNAVAILABLE": 503,
    "NOT_READY": 503,
}


def statuses() -> dict[str, int]:
    """The status of every label."""
    return {label: status for status, label in TABLE.values()} | OTHERS


def markdown() -> str:
    """A table for each status."""
    parts = []
    found = statuses()
    for status in sorted(set(found.values())):
        rows = [
            (code(label), code(type_of(label)), DETAILS.get(label, ""), f"{REMEDIES[label]}.")
            for label in sorted(found)
            if found[label] == status
        ]
        head = ("label", "type", "such as", "what to do")
        parts.append(f"## {status} {_phrase(status)}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def _phrase(status: int) -> str:
    # RFC 9110 section 15.5.14 and .21, which Python knows since 3.13.
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(
        status, HTTPStatus(status).phrase
    )
