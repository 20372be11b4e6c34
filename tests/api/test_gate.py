"""The order at the gate: whoever has no good token learns nothing of what he has sent."""

from __future__ import annotations

import json

import pytest

from iargus.serving.recording.store import SqlPredictionStore
from tests.api.application import Api

CAR = {"make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}
UNREADABLE = [b"{", b"[1]", b'{"a":NaN}', b'{"a":1,"a":2}', b""]


@pytest.mark.parametrize(
    "path", ["/predict", "/predict/batch", "/feedback", "/admin/tokens/search"]
)
@pytest.mark.parametrize("body", UNREADABLE)
def test_a_bad_token_is_told_before_a_body_that_cannot_be_read(
    api: Api, path: str, body: bytes
) -> None:
    bad = {"Authorization": "Bearer a.b.c"}
    answer = api.client.post(path, content=body, headers=bad)
    assert (answer.status_code, answer.json()["label"]) == (401, "TOKEN_INVALID")
    nobody = api.client.post(path, content=body)
    assert (nobody.status_code, nobody.json()["label"]) == (401, "TOKEN_MISSING")


def test_a_good_token_is_told_what_is_wrong_with_the_body(api: Api) -> None:
    answer = api.client.post("/predict", content=b"{", headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, "BODY_INVALID")


def test_the_token_of_a_body_is_no_input(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    task = api.services.catalogue.get("car_price")
    parse = type(task).parse_input

    def watching(self: object, document: dict[str, object], **named: object) -> object:
        seen.append(dict(document))
        return parse(task, document, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(task), "parse_input", watching)
    token = api.token()
    answer = api.client.post("/predict", json=CAR | {"security_token": token})
    assert answer.status_code == 200
    assert seen == [CAR]
    api.services.recorder.stop()
    store = SqlPredictionStore(api.services.databases[0])
    recorded = store.find(answer.json()["prediction_id"])
    assert recorded is not None
    assert token not in json.dumps(recorded.payload)
