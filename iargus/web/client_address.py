"""Where a request comes from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

from iargus.settings import Settings


def client_address(scope: Scope, settings: Settings) -> str:
    """The connection's address, or what stands in the header that the policy trusts (Azure's front
    end overwrites `client-ip`, and may add a port)."""
    request = Request(scope)
    header = settings.policy.limits.client_address_header
    if header is None and settings.environment.on_azure:
        header = "client-ip"
    value = request.headers.get(header, "").strip() if header else ""
    if not value:
        return request.client.host if request.client else "unknown"
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0] if value.count(":") == 1 else value
