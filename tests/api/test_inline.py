"""What needs a thread and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from anyio import to_thread
from starlette.responses import Response

from iargus.api.routes.task_endpoint import COMPUTING_THREADS, TaskEndpoint
from tests.api.application import Api

CAR = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


@pytest.mark.parametrize(
    ("path", "body", "threads"),
    [
        ("/predict", CAR, 0),
        ("/predict/batch", {"cars": [CAR, CAR]}, 1),
        ("/intent", {"text": "word " * 200}, 0),
        ("/intent", {"text": "word " * 201}, 1),
    ],
)
def test_what_takes_microseconds_is_answered_without_a_thread(
    api: Api, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, object], threads: int
) -> None:
    headers = api.bearer()
    calls: list[object] = []
    run_sync = to_thread.run_sync

    async def counted(function: Callable[..., object], *arguments: object, **how: Any) -> object:
        calls.append(function)
        return await run_sync(function, *arguments, **how)

    monkeypatch.setattr("iargus.api.routes.task_endpoint.to_thread.run_sync", counted)
    assert api.client.post(path, json=body, headers=headers).status_code == 200
    assert len(calls) == threads


def test_no_more_batches_are_taken_apart_than_are_computed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, at_once = api.bearer(), [0, 0]
    answer_all = TaskEndpoint._answer_all

    async def counted(self: TaskEndpoint, *arguments: Any) -> Response:
        at_once[0] += 1
        at_once[1] = max(at_once)
        try:
            await asyncio.sleep(0.01)
            return await answer_all(self, *arguments)
        finally:
            at_once[0] -= 1

    monkeypatch.setattr(TaskEndpoint, "_answer_all", counted)

    def ask(_: int) -> int:
        return api.client.post(
            "/predict/batch", json={"cars": [CAR] * 9}, headers=headers
        ).status_code

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(ask, range(24))) == {200}
    assert at_once == [0, COMPUTING_THREADS]
