"""The routes of every task in the catalogue: one input, a batch, and the tasks' own GET routes."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from iargus.tasks.base import ReadRoute, Task
from iargus.web.describe import GATED, Description, query_parameter
from iargus.web.direct import Endpoint
from iargus.web.problems import problem_docs
from iargus.web.services import Services
from iargus.web.task_endpoint import TaskEndpoint

VERSION = query_parameter("version", "The model's version, where more than one is loaded")
GATED_PROBLEMS = (400, 401, 403, 404, 408, 413, 415, 422, 429, 503)


class TaskRoutes:
    """The routes of all tasks: described for FastAPI in `router`, and by method and path in
    `endpoints`, where `Direct` finds them."""

    def __init__(self, services: Services, description: Description) -> None:
        self.router = APIRouter()
        self.endpoints: dict[tuple[str, str], Endpoint] = {}
        self._description = description
        self._batch_max_rows = services.settings.policy.requests.batch_max_rows
        for task in services.catalogue:
            endpoint = TaskEndpoint(task, services)
            self._add_one(task, endpoint)
            if task.batch_key is not None:
                self._add_batch(task, endpoint, task.batch_key)
            for route in task.read_routes:
                self._add_read(task, endpoint, route)

    def _add_one(self, task: Task, endpoint: TaskEndpoint) -> None:
        async def predict(request: Request) -> Response:
            return await endpoint.one(request.scope, request.receive)

        self.endpoints["POST", task.policy.path] = endpoint.one
        self.router.add_api_route(
            task.policy.path,
            predict,
            methods=["POST"],
            name=task.name,
            summary=f"Predict {task.name}",
            tags=[task.name],
            response_model=task.output_model,
            responses=problem_docs(*GATED_PROBLEMS),
            openapi_extra=self._description.body(task.input_model, gated=True)
            | {"parameters": [VERSION]},
        )

    def _add_batch(self, task: Task, endpoint: TaskEndpoint, key: str) -> None:
        async def predict_batch(request: Request) -> Response:
            return await endpoint.batch(request.scope, request.receive)

        path = f"{task.policy.path}/batch"
        body, answer = _batch_models(task, key, self._batch_max_rows)
        self.endpoints["POST", path] = endpoint.batch
        self.router.add_api_route(
            path,
            predict_batch,
            methods=["POST"],
            name=f"{task.name}_batch",
            summary=f"Predict {task.name} for many at once, in order",
            tags=[task.name],
            response_model=answer,
            responses=problem_docs(*GATED_PROBLEMS),
            openapi_extra=self._description.body(body, gated=True) | {"parameters": [VERSION]},
        )

    def _add_read(self, task: Task, endpoint: TaskEndpoint, route: ReadRoute) -> None:
        async def read(request: Request) -> Response:
            return await endpoint.read(route, request.scope)

        self.router.add_api_route(
            f"{route.prefix}{task.policy.path}",
            read,
            methods=["GET"],
            name=f"{task.name}_read_{route.parameter}",
            summary=route.description,
            tags=[task.name],
            responses=problem_docs(
                *(status for status in GATED_PROBLEMS if status not in (408, 413, 415))
            ),
            openapi_extra=GATED
            | {
                "parameters": [
                    query_parameter(route.parameter, "The input", required=True),
                    VERSION,
                ]
            },
        )


def _batch_models(task: Task, key: str, limit: int) -> Iterator[type[BaseModel]]:
    """The models of a batch's body and of its answer."""
    one, answer = task.input_model, task.output_model
    yield create_model(
        f"{one.__name__}Batch",
        __module__=one.__module__,
        **{key: (list[one], Field(min_length=1, max_length=limit))},  # type: ignore[valid-type, call-overload]
    )
    yield create_model(
        f"{answer.__name__}Batch",
        __module__=answer.__module__,
        predictions=(list[answer], ...),  # type: ignore[valid-type]
    )
