"""The routes of every task in the catalogue: one input, a batch, and the tasks' own GET routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from starlette.responses import Response

from iargus import errors
from iargus.api.container import Services
from iargus.api.openapi.description import GATED, TO_FEEDBACK, Description, query_parameter
from iargus.api.openapi.problems import GATE, GATE_WITH_BODY, problem_docs
from iargus.api.routes.fast_path import Endpoint
from iargus.api.routes.task_endpoint import TaskEndpoint
from iargus.tasks.base import ReadRoute, Task

VERSION = query_parameter(
    "version",
    "The model's version, where more than one is loaded",
    pattern="^[0-9]+$",
    examples=["1"],
)
_MODEL = (errors.TaskNotAllowed, errors.VersionUnknown, errors.ModelNotLoaded, errors.ModelBusy)
_READ_PROBLEMS = (*GATE, *_MODEL, ValidationError)
_PROBLEMS = (*GATE_WITH_BODY, *_MODEL, ValidationError)


class TaskRoutes:
    """The routes of all tasks: described for FastAPI in `router`, and by method and path in
    `endpoints`, where `FastPathRouter` finds them."""

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
            responses={200: {"links": TO_FEEDBACK}, **problem_docs(*_PROBLEMS)},
            openapi_extra=self._description.body(
                task.input_model, gated=True, refine=partial(_refine, task)
            )
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
            responses=problem_docs(*_PROBLEMS),
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
            responses={
                200: {"content": {"application/json": {"schema": dict(route.answer or {})}}},
                **problem_docs(*_READ_PROBLEMS),
            },
            openapi_extra=GATED | {"parameters": [_parameter(task, route), VERSION]},
        )


def _refine(task: Task, schema: dict[str, Any], today: date) -> None:
    task.describe_input(schema, today=today)


def _parameter(task: Task, route: ReadRoute) -> dict[str, Any]:
    """The one input of a read route, as the task's input has it under that name."""
    schema = task.input_model.model_json_schema()
    for form in (schema, *schema.get("anyOf", ())):
        described = form.get("properties", {}).get(route.parameter)
        if described:
            break
    else:
        described = {}
    shown = {name: value for name, value in described.items() if name != "title"}
    about = shown.pop("description", "The input")
    example = next(iter(task.example().values()))
    return query_parameter(route.parameter, about, required=True, **shown, examples=[example])


def _batch_models(task: Task, key: str, limit: int) -> Iterator[type[BaseModel]]:
    """The models of a batch's body and of its answer."""
    one, answer = task.input_model, task.output_model
    examples = answer.model_json_schema().get("examples", [])
    yield create_model(
        f"{one.__name__}Batch",
        __module__=one.__module__,
        __config__=ConfigDict(json_schema_extra={"examples": [{key: [task.example()]}]}),
        **{key: (list[one], Field(min_length=1, max_length=limit))},  # type: ignore[valid-type, call-overload]
    )
    yield create_model(
        f"{answer.__name__}Batch",
        __module__=answer.__module__,
        __config__=ConfigDict(
            json_schema_extra={"examples": [{"predictions": [example]} for example in examples]}
        ),
        predictions=(list[answer], ...),  # type: ignore[valid-type]
    )
