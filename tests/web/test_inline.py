"""What needs a thread and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from anyio import to_thread

from tests.web.conftest import Api

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

    monkeypatch.setattr("iargus.web.task_endpoint.to_thread.run_sync", counted)
    assert api.client.post(path, json=body, headers=headers).status_code == 200
    assert len(calls) == threads
