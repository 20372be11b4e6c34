"""The refusals of the allow-lists in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from iargus.api.middleware.access import area_of, networks_of
from iargus.api.openapi.problems import add_problem
from iargus.errors import AddressNotAllowed
from iargus.settings.front import AccessPolicy


def describe_access(document: dict[str, Any], policy: AccessPolicy) -> None:
    """Write the refusal into the OpenAPI description, where there is a list of networks."""
    for path, operations in document["paths"].items():
        if area_of(path) in networks_of(policy):
            for operation in operations.values():
                add_problem(operation["responses"], AddressNotAllowed)
