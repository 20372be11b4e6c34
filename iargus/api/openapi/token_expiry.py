"""The header `Token-Expires` in the OpenAPI description."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any


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
