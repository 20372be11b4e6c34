"""The headers of rate limits and of the end of a token, in the OpenAPI description."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

_HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": (
            "The limits that this request is under: the name of each, `q` requests, in windows of "
            "`w` seconds (draft-ietf-httpapi-ratelimit-headers)"
        ),
        "schema": {"type": "string"},
        "example": '"token";q=6000;w=60, "address";q=12000;w=60',
    },
    "RateLimit": {
        "description": (
            "What is left of them: `r` requests, until all are there again in `t` seconds; the "
            "limit that has less left comes first"
        ),
        "schema": {"type": "string"},
        "example": '"token";r=5999;t=42, "address";r=11800;t=42',
    },
    "Retry-After": {
        "description": "Seconds after which a request may be admitted again",
        "schema": {"type": "integer", "minimum": 1},
        "example": 42,
    },
}


def describe_limits(document: dict[str, Any]) -> None:
    """Write the fields into `document`, for the routes that may answer 429."""
    components = document.setdefault("components", {}).setdefault("headers", {})
    components.update(_HEADERS)
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    always = {name: references[name] for name in ("RateLimit-Policy", "RateLimit")}
    for operations in document["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            if "429" not in responses:
                continue
            for status, response in responses.items():
                # A 503 may come before anything is counted.
                if status != "503":
                    response.setdefault("headers", {}).update(always)
            responses["429"]["headers"]["Retry-After"] = references["Retry-After"]


def describe_expiry(document: dict[str, Any]) -> None:
    """Write the header into the OpenAPI description, for the routes that need a token."""
    document["components"].setdefault("headers", {})["Token-Expires"] = {
        "description": "When the token ends; only where that is soon",
        "schema": {"type": "string"},
        "example": formatdate(0, usegmt=True),
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if "security" in operation and status.startswith("2"):
                    reference = {"$ref": "#/components/headers/Token-Expires"}
                    response.setdefault("headers", {})["Token-Expires"] = reference
