"""The header `Token-Expires` of answers to a token that ends soon."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any


def token_expires(exp_s: int) -> tuple[bytes, bytes]:
    """`Token-Expires: <HTTP-date>`; `exp_s` are seconds since 1970.

    No standard has a header for this: `Sunset` (RFC 8594) is about a resource, `Expires` about the
    answer, `Warning` is obsolete (RFC 9111). The date is in the form of both.
    """
    return b"token-expires", formatdate(exp_s, usegmt=True).encode()


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
