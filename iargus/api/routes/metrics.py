"""`GET /metrics`, for Prometheus."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from iargus.api.container import Services
from iargus.api.openapi.problems import problem_docs
from iargus.api.problems import RETRY_AFTER_S, problem_response

logger = logging.getLogger(__name__)

_TEXT = {"schema": {"type": "string"}}


def metrics_router(services: Services) -> APIRouter:
    """The route that needs no token and is answered by any worker for all."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/metrics",
        summary="Counts of all workers of this host, for Prometheus",
        response_class=Response,
        responses={
            200: {
                "description": "The text format 0.0.4, or OpenMetrics where `Accept` asks for it",
                "content": {"text/plain": _TEXT, "application/openmetrics-text": _TEXT},
            },
            **problem_docs((503, "METRICS_UNAVAILABLE")),
        },
    )
    async def metrics(request: Request) -> Response:
        accept = ",".join(request.headers.getlist("accept"))
        try:
            found = await run_in_threadpool(services.metrics.scrape, accept)
        except OSError as error:
            logger.error("metrics cannot be read: %s", error)
            return problem_response(
                503,
                "METRICS_UNAVAILABLE",
                "metrics cannot be read",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
        return Response(found.body, headers={"Content-Type": found.content_type})

    return router
