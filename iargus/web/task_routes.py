"""The routes of every task in the catalogue: one input, a batch, and the tasks' own GET routes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError, create_model
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from iargus.clock import to_naive_utc
from iargus.errors import BodyInvalid, ModelNotLoaded, VersionUnknown
from iargus.models.champion import LoadedModel
from iargus.models.source import answers, is_quick, read_answer
from iargus.predictions.store import Prediction
from iargus.tasks.base import Input, Payload, ReadRoute, Task
from iargus.tokens.claims import Claims
from iargus.web.describe import GATED, Description, query_parameter
from iargus.web.gate import Gate
from iargus.web.problems import from_validation, problem_docs
from iargus.web.services import Services

VERSION = query_parameter("version", "The model's version, where more than one is loaded")
GATED_PROBLEMS = (400, 401, 404, 408, 413, 422, 429, 503)


def task_router(services: Services, description: Description) -> APIRouter:
    """The routes of all tasks."""
    router = APIRouter()
    for task in services.catalogue:
        routes = TaskRoutes(task, services)
        routes.add_one(router, description)
        if task.batch_key is not None:
            routes.add_batch(router, description, task.batch_key)
        for read_route in task.read_routes:
            routes.add_read(router, read_route)
    return router


class TaskRoutes:
    """Answers for one task: gate, input, champion in memory, answer, record."""

    def __init__(self, task: Task, services: Services) -> None:
        self._task = task
        self._services = services
        self._gate = Gate(services)

    def add_one(self, router: APIRouter, description: Description) -> None:
        task = self._task

        async def predict(request: Request) -> Response:
            claims, document = await self._gate.enter_with_body(request)
            value = task.parse_input(document, today=self._services.clock().date())
            (answer,) = await self._answer(request, claims, [value])
            return json_response(answer)

        router.add_api_route(
            task.policy.path,
            predict,
            methods=["POST"],
            name=task.name,
            summary=f"Predict {task.name}",
            tags=[task.name],
            response_model=task.output_model,
            responses=problem_docs(*GATED_PROBLEMS),
            openapi_extra=description.body(task.input_model, gated=True)
            | {"parameters": [VERSION]},
        )

    def add_batch(self, router: APIRouter, description: Description, key: str) -> None:
        task = self._task
        limit = self._services.settings.policy.requests.batch_max_rows
        input_model, output_model = task.input_model, task.output_model
        body: type[BaseModel] = create_model(
            f"{input_model.__name__}Batch",
            __module__=input_model.__module__,
            **{key: (list[input_model], Field(min_length=1, max_length=limit))},  # type: ignore[valid-type, call-overload]
        )
        answer: type[BaseModel] = create_model(
            f"{output_model.__name__}Batch",
            __module__=output_model.__module__,
            predictions=(list[output_model], ...),  # type: ignore[valid-type]
        )

        async def predict_batch(request: Request) -> Response:
            claims, document = await self._gate.enter_with_body(request)
            rows = document.get(key)
            if not isinstance(rows, list) or not 0 < len(rows) <= limit:
                raise BodyInvalid(f"the body must hold {key}: a list of 1 to {limit} objects")
            today = self._services.clock().date()
            inputs: list[Input] = []
            for number, row in enumerate(rows):
                if not isinstance(row, dict):
                    raise BodyInvalid(f"{key}[{number}] must be an object")
                try:
                    inputs.append(task.parse_input(row, today=today))
                except ValidationError as error:
                    return from_validation(error, prefix=f"{key}[{number}]")
            predictions = await self._answer(request, claims, inputs)
            return json_response({"predictions": predictions})

        router.add_api_route(
            f"{task.policy.path}/batch",
            predict_batch,
            methods=["POST"],
            name=f"{task.name}_batch",
            summary=f"Predict {task.name} for many at once, in order",
            tags=[task.name],
            response_model=answer,
            responses=problem_docs(*GATED_PROBLEMS),
            openapi_extra=description.body(body, gated=True) | {"parameters": [VERSION]},
        )

    def add_read(self, router: APIRouter, route: ReadRoute) -> None:
        task = self._task

        async def read(request: Request) -> Response:
            self._gate.enter(request)
            given = {route.parameter: request.query_params.get(route.parameter, "")}
            value = task.parse_input(given, today=self._services.clock().date())
            model = self._model(request)
            if is_quick(task, model.source, [value]):
                return json_response(read_answer(task, route, model.source, value))
            return json_response(
                await run_in_threadpool(read_answer, task, route, model.source, value)
            )

        router.add_api_route(
            f"{route.prefix}{task.policy.path}",
            read,
            methods=["GET"],
            name=f"{task.name}_read_{route.parameter}",
            summary=route.description,
            tags=[task.name],
            responses=problem_docs(
                *(status for status in GATED_PROBLEMS if status not in (408, 413))
            ),
            openapi_extra=GATED
            | {
                "parameters": [
                    query_parameter(route.parameter, "The input", required=True),
                    VERSION,
                ]
            },
        )

    def _model(self, request: Request) -> LoadedModel:
        version = request.query_params.get("version")
        if version is not None and not (version.isascii() and version.isdigit()):
            raise VersionUnknown("version must be the number of a loaded model")
        champions = self._services.champions
        try:
            return champions.get(self._task.name, version)
        except ModelNotLoaded as error:
            if version is None or self._task.name in champions.missing():
                raise
            # The task is served, only not in this version: asking again will not help.
            raise VersionUnknown(str(error)) from None

    async def _answer(
        self, request: Request, claims: Claims, inputs: Sequence[Input]
    ) -> list[Payload]:
        """Predict, number and record the answers."""
        model = self._model(request)
        # Microseconds here are less than a thread's turn, and hold nobody up.
        if is_quick(self._task, model.source, inputs):
            found = answers(self._task, model.source, inputs)
        else:
            found = await run_in_threadpool(answers, self._task, model.source, inputs)
        now = to_naive_utc(self._services.clock())
        recorded = self._services.settings.policy.recording.enabled
        results: list[Payload] = []
        for value, answer in zip(inputs, found, strict=True):
            prediction_id = str(uuid.uuid4())
            results.append(
                answer | {"model_version": model.version, "prediction_id": prediction_id}
            )
            if recorded:
                self._services.recorder.record(
                    Prediction(
                        prediction_id=prediction_id,
                        task=self._task.name,
                        model_version=model.version,
                        jti=claims.jti,
                        subject=claims.sub,
                        created_at=now,
                        payload=self._task.payload(value),
                        answer=answer,
                    )
                )
        return results


def json_response(document: Any) -> Response:
    """Compact JSON; a NaN in an answer is an error here, never on the wire."""
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body.encode(), media_type="application/json")
