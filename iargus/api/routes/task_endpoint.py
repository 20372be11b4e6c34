"""How one task is answered: gate, input, champion in memory, answer, record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope

from iargus.api.container import Services
from iargus.api.gate.gate import Gate
from iargus.api.json_response import JsonResponse, json_bytes
from iargus.api.problems import from_validation
from iargus.auth.jwt.claims import Claims
from iargus.clock import to_naive_utc
from iargus.errors import BodyInvalid, ModelNotLoaded, TaskNotAllowed, VersionUnknown
from iargus.metrics import families
from iargus.serving.loaded_models import LoadedModel
from iargus.serving.recording.ids import PredictionIds
from iargus.serving.recording.store import Recorded
from iargus.tasks.base import Input, ReadRoute, Task

# Batches and long texts: more at once would share the same core, and each holds its arrays.
COMPUTING_THREADS = 2
# Beyond those that wait for scikit-learn, for those that are refused because the queue is full.
REFUSING_THREADS = 4

T = TypeVar("T")


class TaskEndpoint:
    """Answers for one task. Each method takes an ASGI request and gives the response, or raises
    what `iargus.api.problems` makes a problem of."""

    def __init__(self, task: Task, services: Services) -> None:
        self._task = task
        self._gate = Gate(services)
        self._clock = services.clock
        self._champions = services.champions
        self._metrics = services.metrics
        self._recorder = services.recorder if services.settings.policy.recording.enabled else None
        self._ids = PredictionIds()
        self._computing = CapacityLimiter(COMPUTING_THREADS)
        # As many are taken apart at a time: a batch in pieces takes many times its bytes.
        self._batches = asyncio.Semaphore(COMPUTING_THREADS)
        uncompiled = services.settings.policy.uncompiled
        self._waiting = CapacityLimiter(uncompiled.processes + uncompiled.queue + REFUSING_THREADS)
        self._batch_max_rows = services.settings.policy.requests.batch_max_rows

    async def one(self, scope: Scope, receive: Receive) -> Response:
        """`POST {path}`: one input, one answer."""
        claims, document = await self._gate.authenticate_with_body(scope, receive)
        self._require(claims)
        now = self._clock()
        value = self._task.parse_input(document, today=now.date())
        (answer,) = await self._answer(self._model(scope), claims, [value], now)
        return JsonResponse(answer)

    async def batch(self, scope: Scope, receive: Receive) -> Response:
        """`POST {path}/batch`: a list of inputs, the answers in their order."""
        claims, document = await self._gate.authenticate_with_body(scope, receive)
        self._require(claims)
        key, limit = self._task.batch_key, self._batch_max_rows
        assert key is not None
        rows = document.get(key)
        if not isinstance(rows, list) or not 0 < len(rows) <= limit:
            reason = "it is missing" if key not in document else "it is no list"
            if isinstance(rows, list):
                reason = f"it has {len(rows)}"
            fields = [(key, f"a list of 1 to {limit} objects is expected; {reason}")]
            raise BodyInvalid(
                f"the body must hold {key}: a list of 1 to {limit} objects; {reason}", fields=fields
            )
        model = self._model(scope)
        # With scikit-learn it waits for a process, whose queue says when it is full.
        slot = self._batches if model.predictor.in_process else nullcontext()
        async with slot:
            return await self._answer_all(model, claims, rows, key)

    async def _answer_all(
        self, model: LoadedModel, claims: Claims, rows: list[Any], key: str
    ) -> Response:
        now = self._clock()
        today = now.date()
        inputs: list[Input] = []
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                place = f"{key}[{number}]"
                raise BodyInvalid(
                    f"{place} must be an object", fields=[(place, "an object is expected")]
                )
            try:
                inputs.append(self._task.parse_input(row, today=today))
            except ValidationError as error:
                return from_validation(error, prefix=f"{key}[{number}]")
        found = await self._answer(model, claims, inputs, now)
        return JsonResponse(b'{"predictions":[%b]}' % b",".join(found))

    async def read(self, route: ReadRoute, scope: Scope) -> Response:
        """`GET {prefix}{path}`: the input in the query string; nothing is recorded."""
        self._require(await self._gate.enter(scope))
        given = {route.parameter: _query(scope).get(route.parameter, "")}
        value = self._task.parse_input(given, today=self._clock().date())
        model = self._model(scope)
        predictor = model.predictor
        if predictor.is_fast([value]):
            found = predictor.read(route, value)
        else:
            found = await self._compute(model, predictor.read, route, value)
        return JsonResponse(json_bytes(found))

    def _require(self, claims: Claims) -> None:
        if not claims.opens(self._task.name):
            raise TaskNotAllowed(f"this token is not for {self._task.name}")

    async def _compute(self, model: LoadedModel, function: Callable[..., T], *arguments: Any) -> T:
        # A bundle computes in the thread; with scikit-learn it waits for a process, which has a
        # queue of its own and says when that is full.
        limiter = self._computing if model.predictor.in_process else self._waiting
        return await to_thread.run_sync(function, *arguments, limiter=limiter)

    def _model(self, scope: Scope) -> LoadedModel:
        if not scope["query_string"]:
            return self._champions.get(self._task.name)
        version = _query(scope).get("version")
        if version is not None and not (version.isascii() and version.isdigit()):
            raise VersionUnknown("version must be the number of a loaded model")
        try:
            return self._champions.get(self._task.name, version)
        except ModelNotLoaded as error:
            if version is None or self._task.name in self._champions.missing():
                raise
            # The task is served, only not in this version: asking again will not help.
            raise VersionUnknown(str(error)) from None

    async def _answer(
        self, model: LoadedModel, claims: Claims, inputs: Sequence[Input], now: datetime
    ) -> list[bytes]:
        """Predict, number and record the answers; give each as JSON."""
        task = self._task
        # Takes microseconds, less than switching threads.
        predictor = model.predictor
        if predictor.is_fast(inputs):
            found = predictor.predict(inputs)
        else:
            found = await self._compute(model, predictor.predict, inputs)
        for answer in found:
            for field in task.unknown_fields(answer):
                self._metrics.count(families.UNKNOWN_INPUTS, task.name, field)
        bodies = list(map(json_bytes, found))
        ids = self._ids.new(len(bodies))
        version = model.version
        if self._recorder is not None:
            at = to_naive_utc(now)
            self._recorder.record(
                [
                    Recorded(
                        prediction_id,
                        task.name,
                        version,
                        claims.jti,
                        claims.sub,
                        at,
                        to_json(task.payload(value)),
                        answer,
                    )
                    for value, answer, prediction_id in zip(inputs, bodies, ids, strict=True)
                ]
            )
        # What is recorded is what is sent, but for these two, which have columns of their own.
        head = b',"model_version":%b,"prediction_id":"' % to_json(version)
        return [
            b'%b%b%b"}' % (answer[:-1], head, prediction_id.encode())
            for answer, prediction_id in zip(bodies, ids, strict=True)
        ]


def _query(scope: Scope) -> dict[str, str]:
    # Of a name that comes twice the last value counts.
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
