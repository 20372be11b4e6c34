"""`GET /`, `/live`, `/ready` and `/metrics`: what needs no token."""

from __future__ import annotations

import logging
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from iargus.api.container import Services
from iargus.api.openapi.description import with_examples
from iargus.api.openapi.problems import problem_docs
from iargus.api.problems import RETRY_AFTER_S, problem_response
from iargus.api.public_address import public_path

logger = logging.getLogger(__name__)


class TaskHelp(BaseModel):
    """A task: where it answers, and a body that works."""

    predict: str
    example: dict[str, Any]


class Help(BaseModel):
    """What the service offers, for a client that knows only its address."""

    model_config = with_examples(
        {
            "message": "Predictions behind a token. Start with POST /get_token.",
            "documentation": "https://api.example.com/docs",
            "openapi": "https://api.example.com/openapi.json",
            "token": {"use": "Authorization: Bearer <token>"},
            "tasks": {"intent": {"predict": "POST /intent", "example": {"text": "hi"}}},
            "feedback": 'POST /feedback {"prediction_id", "label"}',
        }
    )

    message: str
    documentation: str
    openapi: str
    token: dict[str, str]
    tasks: dict[str, TaskHelp]
    feedback: str


class Status(BaseModel):
    """That it is so; where it is not, the answer is a problem."""

    model_config = with_examples({"status": "ready"})

    status: Literal["live", "ready"]


def health_router(services: Services) -> APIRouter:
    """The routes that need no token."""
    router = APIRouter(tags=["service"])

    @router.get("/", response_model=Help, summary="What this service offers")
    async def help_page(request: Request) -> Response:
        host = str(request.base_url).rstrip("/")
        offered = Help(
            message="Predictions behind a token. Start with POST /get_token.",
            documentation=host + public_path(request.scope, "/docs"),
            openapi=host + public_path(request.scope, "/openapi.json"),
            token={
                "issue": 'POST /get_token {"first_name", "surname", "email"}',
                "use": "Authorization: Bearer <token>",
                "revoke": "POST /revoke_token",
            },
            tasks={
                task.name: TaskHelp(predict=f"POST {task.policy.path}", example=task.example())
                for task in services.catalogue
            },
            feedback='POST /feedback {"prediction_id", "label"}',
        )
        return JSONResponse(offered.model_dump())

    @router.get(
        "/live", response_model=Status, summary="Whether the process answers; touches nothing else"
    )
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get(
        "/ready",
        summary="Whether every task has a model and tokens can be judged",
        response_model=Status,
        responses=problem_docs((503, "NOT_READY")),
    )
    async def ready() -> Response:
        missing = services.not_ready()
        if missing:
            return problem_response(
                503, "NOT_READY", "; ".join(missing), headers={"Retry-After": str(RETRY_AFTER_S)}
            )
        return JSONResponse({"status": "ready"})

    return router


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
