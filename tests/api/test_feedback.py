"""`/feedback`: from a recorded prediction to a labelled row."""

from __future__ import annotations

from typing import Any

import pytest

from iargus.storage.labelled.store import LabelledStore
from tests.api.application import Api

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 80_467.2}


def predicted(api: Api, bearer: dict[str, str], path: str, body: dict[str, Any]) -> str:
    answer = api.client.post(path, json=body, headers=bearer)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["prediction_id"])


def labelled(api: Api, name: str) -> list[dict[str, Any]]:
    database = next(base for base in api.services.databases if base.name == "iargus")
    rows = LabelledStore(api.services.catalogue.get(name), database).rows()
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def test_a_price_becomes_a_labelled_row_in_miles(api: Api) -> None:
    bearer = api.bearer()
    number = predicted(api, bearer, "/predict", CAR | {"mileage_unit": "km"})
    answer = api.client.post(
        "/feedback", json={"prediction_id": number, "label": 14_950}, headers=bearer
    )
    assert answer.status_code == 202
    (row,) = labelled(api, "car_price")
    assert row["label"] == 14_950
    assert row["make"] == "Toyota"
    assert row["mileage"] == pytest.approx(50_000)
    assert row["observed_at"] == api.clock.now.replace(tzinfo=None)


def test_an_intent_becomes_a_labelled_row(api: Api) -> None:
    bearer = api.bearer()
    number = predicted(api, bearer, "/intent", {"text": "ça va ?"})
    body = {"prediction_id": number, "label": "other"}
    assert api.client.post("/feedback", json=body, headers=bearer).status_code == 202
    (row,) = labelled(api, "intent")
    assert (row["text"], row["label"]) == ("ça va ?", "other")


def test_the_same_label_again_counts_once_and_another_is_refused(api: Api) -> None:
    bearer = api.bearer()
    number = predicted(api, bearer, "/predict", CAR)
    for label in (14_950, "14950", 14_950.0):
        body = {"prediction_id": number, "label": label}
        assert api.client.post("/feedback", json=body, headers=bearer).status_code == 202
    other = api.client.post(
        "/feedback", json={"prediction_id": number, "label": 9_000}, headers=bearer
    )
    assert (other.status_code, other.json()["label"]) == (409, "FEEDBACK_CONFLICT")
    assert [row["label"] for row in labelled(api, "car_price")] == [14_950]


def test_only_the_person_who_was_answered_may_tell_the_truth(api: Api) -> None:
    number = predicted(api, api.bearer(), "/predict", CAR)
    body = {"prediction_id": number, "label": 14_950}
    stranger = api.bearer(email="mallory@example.com")
    answer = api.client.post("/feedback", json=body, headers=stranger)
    assert (answer.status_code, answer.json()["label"]) == (404, "PREDICTION_UNKNOWN")
    # A new token of the same person is the same person.
    assert api.client.post("/feedback", json=body, headers=api.bearer()).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "label"),
    [
        ({"prediction_id": "unknown", "label": 1}, 404, "PREDICTION_UNKNOWN"),
        ({"label": 1}, 422, "PREDICTION_ID_MISSING"),
        ({"prediction_id": "x"}, 422, "LABEL_MISSING"),
        ({"prediction_id": "x" * 37, "label": 1}, 422, "PREDICTION_ID_TOO_LONG"),
    ],
    ids=str,
)
def test_feedback_that_does_not_fit_is_named(
    api: Api, body: dict[str, Any], status: int, label: str
) -> None:
    answer = api.client.post("/feedback", json=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (status, label)


@pytest.mark.parametrize("price", [0, -5, 3, 10**9, "much", True, None])
def test_a_price_that_is_none_is_refused(api: Api, price: object) -> None:
    bearer = api.bearer()
    number = predicted(api, bearer, "/predict", CAR)
    body = {"prediction_id": number, "label": price}
    answer = api.client.post("/feedback", json=body, headers=bearer)
    assert answer.status_code == 422
    assert answer.json()["label"] in ("LABEL_INVALID", "INPUT_INVALID")
    assert labelled(api, "car_price") == []
