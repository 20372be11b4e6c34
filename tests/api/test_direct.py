"""The shortest way to the routes of tasks answers as the framework's own way does."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from iargus.api.middleware.response_headers import ResponseHeaders
from iargus.api.openapi.description import Description
from iargus.api.problems import from_error
from iargus.api.routes.fast_path import FastPathRouter
from iargus.api.routes.tasks import TaskRoutes
from tests.api.application import Api

CAR = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
ASKED: list[tuple[str, Any]] = [
    ("/predict", CAR),
    ("/predict?version=1", CAR),
    ("/predict?version=99", CAR),
    ("/predict?version=x", CAR),
    ("/predict", {"make": "Toyota"}),
    ("/predict", [1]),
    ("/predict/batch", {"cars": [CAR, CAR]}),
    ("/predict/batch", {"cars": []}),
    ("/predict/batch", {"cars": [CAR, {"make": ""}]}),
    ("/intent", {"text": "how much is my car worth"}),
    ("/intent", {"text": ""}),
]


def without_number(answer: Any) -> Any:
    for one in answer.get("predictions", [answer]):
        one.pop("prediction_id", None)
    return answer


@pytest.mark.parametrize(("path", "body"), ASKED)
@pytest.mark.parametrize("with_token", [True, False])
def test_both_ways_answer_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch, path: str, body: Any, *, with_token: bool
) -> None:
    headers = api.bearer() if with_token else {}
    answered = api.client.post(path, json=body, headers=headers)

    async def pass_on(self: FastPathRouter, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)

    monkeypatch.setattr(FastPathRouter, "__call__", pass_on)
    by_framework = api.client.post(path, json=body, headers=headers)

    assert answered.status_code == by_framework.status_code
    assert without_number(answered.json()) == without_number(by_framework.json())
    assert sorted(answered.headers) == sorted(by_framework.headers)


def test_the_framework_is_not_asked_for_a_prediction(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = api.bearer()
    asked: list[str] = []

    async def router(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body"})

    app = ResponseHeaders(FastPathRouter(router, _endpoints(api), from_error))
    client = TestClient(app)
    assert client.post("/predict", json=CAR, headers=headers).status_code == 200
    assert asked == []
    assert client.get("/predict").status_code == 418
    assert client.post("/predict/").status_code == 418
    assert asked == ["/predict", "/predict/"]


def _endpoints(api: Api) -> Any:
    return TaskRoutes(api.services, Description()).endpoints


def test_what_nobody_foresaw_is_a_problem_and_no_traceback(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    headers = api.bearer()

    def fail(*_: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("iargus.serving.predictor.CompiledPredictor.predict", fail)
    answer = api.client.post("/predict", json=CAR, headers=headers)
    assert answer.status_code == 500
    assert answer.json()["label"] == "INTERNAL_ERROR"
    assert "secret" not in answer.text
    assert "secret of the house" in caplog.text
