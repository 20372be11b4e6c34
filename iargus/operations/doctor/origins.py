"""Whose pages may call the API from a browser."""

from __future__ import annotations

from collections.abc import Iterator

from iargus.operations.doctor.finding import Finding, ok, warning
from iargus.settings.http import ANY_ORIGIN_WARNING, CorsPolicy

SUBJECT = "origins"


def examine_origins(policy: CorsPolicy) -> Iterator[Finding]:
    """Nothing where no page may; a warning where every page may."""
    if policy.any_origin:
        yield warning(
            SUBJECT,
            ANY_ORIGIN_WARNING,
            "name the origins instead, unless the service is meant for everybody's pages",
        )
    elif policy.allowed_origins:
        yield ok(SUBJECT, f"pages of {', '.join(policy.allowed_origins)} may call the API")
