"""`GET /`, `/live` and `/ready`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from iargus.web.problems import RETRY_AFTER_S, problem_docs, problem_response
from iargus.web.services import Services


def health_router(services: Services) -> APIRouter:
    """The routes that need no token."""
    router = APIRouter(tags=["service"])

    @router.get("/", summary="What this service offers")
    async def help_page(request: Request) -> dict[str, Any]:
        base = str(request.base_url).rstrip("/")
        return {
            "message": "Predictions behind a token. Start with POST /get_token.",
            "documentation": f"{base}/docs",
            "openapi": f"{base}/openapi.json",
            "token": {
                "issue": 'POST /get_token {"first_name", "surname", "email"}',
                "use": "Authorization: Bearer <token>",
                "revoke": "POST /revoke_token",
            },
            "tasks": {
                task.name: {
                    "predict": f"POST {task.policy.path}",
                    "example": task.example(),
                }
                for task in services.catalogue
            },
            "feedback": 'POST /feedback {"prediction_id", "label"}',
        }

    @router.get("/live", summary="Whether the process answers; touches nothing else")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get(
        "/ready",
        summary="Whether every task has a model and tokens can be judged",
        responses=problem_docs(503),
    )
    async def ready() -> Response:
        missing = [f"no model for {name}" for name in services.champions.missing()]
        if not services.revocations.is_known:
            missing.append("the list of revoked tokens was not read lately")
        if missing:
            return problem_response(
                503, "NOT_READY", "; ".join(missing), headers={"Retry-After": str(RETRY_AFTER_S)}
            )
        return JSONResponse({"status": "ready"})

    return router
