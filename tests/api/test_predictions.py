"""What the tasks' routes answer, and what they say about input that does not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.application import Api

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


def price(api: Api, **changed: Any) -> float:
    answer = api.client.post("/predict", json=CAR | changed, headers=api.bearer())
    assert answer.status_code == 200, answer.text
    return float(answer.json()["predicted_price"])


def test_the_answer_says_which_names_the_model_has_never_seen(api: Api) -> None:
    batch = [CAR, CAR | {"model": "Camry SE"}, CAR | {"make": "Ferrari", "model": "458"}]
    answer = api.client.post("/predict/batch", json={"cars": batch}, headers=api.bearer())
    found = [entry["unknown"] for entry in answer.json()["predictions"]]
    assert found == [[], ["model"], ["make", "model"]]
    counted = [
        line for line in api.client.get("/metrics").text.splitlines() if "unknown_inputs" in line
    ]
    assert any('field="make"' in line and line.endswith(" 1.0") for line in counted)
    assert any('field="model"' in line and line.endswith(" 2.0") for line in counted)


def test_a_price_comes_with_its_interval_version_and_number(api: Api) -> None:
    answer = api.client.post("/predict", json=CAR, headers=api.bearer())
    assert answer.status_code == 200
    document = answer.json()
    assert list(document) == [
        *("predicted_price", "currency", "interval", "unknown", "model_version", "prediction_id")
    ]
    assert document["unknown"] == []
    interval = document["interval"]
    assert 0 < interval["low"] < document["predicted_price"] < interval["high"]
    assert interval["coverage"] == 0.9
    assert document["currency"] == "USD"
    assert document["model_version"] == "1"


def test_kilometres_are_converted_and_text_numbers_are_read(api: Api) -> None:
    assert price(api, mileage=42000 * 1.609344, mileage_unit="km") == price(api)
    assert price(api, year="2019", mileage="42000") == price(api)


def test_case_accents_and_blanks_make_no_difference(api: Api) -> None:
    assert price(api, make=" TOYOTA ", model="camry", state="tx") == price(api)
    assert price(api, make="Toyotà") == price(api)


@pytest.mark.parametrize(
    "changed",
    [
        {"make": "Wuling"},
        {"model": "Never Heard Of"},
        {"state": "Atlantis"},
        {"state": None},
        {"state": ""},
        {"make": "🚗", "model": "🚙"},
        {"mileage": 0},
        {"mileage": 3_000_000},
        {"year": 1900},
        {"year": 2027},
    ],
    ids=str,
)
def test_what_is_unknown_still_gets_a_sensible_price(api: Api, changed: dict[str, Any]) -> None:
    assert 100 < price(api, **changed) < 200_000


def test_the_state_may_be_left_out(api: Api) -> None:
    body = {name: value for name, value in CAR.items() if name != "state"}
    assert api.client.post("/predict", json=body, headers=api.bearer()).status_code == 200


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"year": 1850}, "YEAR_TOO_SMALL"),
        ({"year": 2028}, "YEAR_TOO_LARGE"),
        ({"year": 2014.5}, "YEAR_INVALID"),
        ({"year": None}, "YEAR_INVALID"),
        ({"year": "new"}, "YEAR_INVALID"),
        ({"mileage": -5}, "MILEAGE_TOO_SMALL"),
        ({"mileage": 10**9}, "MILEAGE_TOO_LARGE"),
        ({"mileage": "NaN"}, "MILEAGE_INVALID"),
        ({"mileage": None}, "MILEAGE_INVALID"),
        ({"mileage_unit": "leagues"}, "MILEAGE_UNIT_INVALID"),
        ({"make": ""}, "MAKE_EMPTY"),
        ({"make": "x" * 65}, "MAKE_TOO_LONG"),
        ({"model": ["Camry"]}, "MODEL_INVALID"),
        ({"state": "x" * 65}, "STATE_TOO_LONG"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(api: Api, changed: dict[str, Any], label: str) -> None:
    answer = api.client.post("/predict", json=CAR | changed, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, label)
    assert answer.json()["errors"][0]["field"] == next(iter(changed))
    assert next(iter(changed)) in answer.json()["detail"]


@pytest.mark.parametrize("name", ["make", "model", "year", "mileage"])
def test_a_missing_field_is_named(api: Api, name: str) -> None:
    body = {key: value for key, value in CAR.items() if key != name}
    answer = api.client.post("/predict", json=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, f"{name.upper()}_MISSING")


def test_several_wrong_fields_are_all_named(api: Api) -> None:
    answer = api.client.post("/predict", json={"year": 1}, headers=api.bearer())
    assert answer.json()["label"] == "INPUT_INVALID"
    assert {error["field"] for error in answer.json()["errors"]} == {
        *("make", "model", "year", "mileage")
    }


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b"", "BODY_INVALID"),
        (b"{", "BODY_INVALID"),
        (b"[1]", "BODY_INVALID"),
        (b"null", "BODY_INVALID"),
        (b'{"year": NaN}', "BODY_INVALID"),
        (b'\xff\xfe{"a": 1}', "BODY_INVALID"),
        (b"[" * 100_000, "BODY_INVALID"),
        (b'{"make": "' + b"x" * 2_000_000 + b'"}', "BODY_TOO_LARGE"),
    ],
    ids=["empty", "cut", "list", "null", "nan", "no utf-8", "deep", "large"],
)
def test_a_body_that_is_no_json_object_is_refused(api: Api, body: bytes, label: str) -> None:
    answer = api.client.post("/predict", content=body, headers=api.bearer())
    assert answer.json()["label"] == label
    assert answer.status_code == (413 if label == "BODY_TOO_LARGE" else 422)


def test_a_body_is_stopped_while_it_is_being_sent(api: Api) -> None:
    chunks = (b"x" * 65_536 for _ in range(1_000))
    answer = api.client.post("/predict", content=chunks, headers=api.bearer())
    assert answer.status_code == 413


def test_a_batch_is_answered_in_order_and_like_single_ones(api: Api) -> None:
    cars = [CAR | {"year": year} for year in (2010, 2015, 2020)]
    answer = api.client.post("/predict/batch", json={"cars": cars}, headers=api.bearer())
    prices = [entry["predicted_price"] for entry in answer.json()["predictions"]]
    assert prices == [price(api, year=year) for year in (2010, 2015, 2020)]
    assert len({entry["prediction_id"] for entry in answer.json()["predictions"]}) == 3


@pytest.mark.parametrize(
    ("body", "label", "words"),
    [
        ({}, "BODY_INVALID", "cars: a list of 1 to 1000"),
        ({"cars": []}, "BODY_INVALID", "cars: a list of 1 to 1000"),
        ({"cars": [CAR] * 1001}, "BODY_INVALID", "cars: a list of 1 to 1000"),
        ({"cars": [CAR, 7]}, "BODY_INVALID", r"cars[1] must be an object"),
        ({"cars": [CAR, CAR | {"year": 1850}]}, "YEAR_TOO_SMALL", "cars[1].year"),
    ],
    ids=["none", "empty", "too many", "no object", "bad row"],
)
def test_a_batch_that_does_not_fit_is_named(
    api: Api, body: dict[str, Any], label: str, words: str
) -> None:
    answer = api.client.post("/predict/batch", json=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, label)
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("60.000", "MILEAGE_AMBIGUOUS"),
        ("60,000.5 km", "MILEAGE_INVALID"),
        ("90 000", "MILEAGE_INVALID"),
        ("NaN", "MILEAGE_INVALID"),
    ],
)
def test_a_mileage_as_people_write_it_is_never_read_as_another(
    api: Api, written: str, label: str
) -> None:
    bearer = api.bearer()
    plain = api.client.post("/predict", json=CAR | {"mileage": 60_000}, headers=bearer).json()
    grouped = api.client.post("/predict", json=CAR | {"mileage": "60,000"}, headers=bearer).json()
    assert grouped["predicted_price"] == plain["predicted_price"]
    body = {"cars": [CAR, CAR | {"mileage": written}]}
    refused = api.client.post("/predict/batch", json=body, headers=bearer)
    assert (refused.status_code, refused.json()["label"]) == (422, label)
    assert refused.json()["errors"][0]["field"] == "cars[1].mileage"


def test_an_intent_comes_with_the_three_likeliest(api: Api) -> None:
    body = {"text": "how much is my car worth?"}
    answer = api.client.post("/intent", json=body, headers=api.bearer()).json()
    assert list(answer) == ["intent", "probability", "intents", "model_version", "prediction_id"]
    assert answer["intent"] == "value_car"
    assert answer["intents"][0] == {"label": "value_car", "confidence": answer["probability"]}
    confidences = [ranked["confidence"] for ranked in answer["intents"]]
    assert len(confidences) == 3
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("name", ["text", "sentence", "query"])
def test_the_sentence_has_three_names(api: Api, name: str) -> None:
    answer = api.client.post("/intent", json={name: "hello"}, headers=api.bearer())
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "text", ["?", "ÇA COÛTE COMBIEN", "🚗🚙", "x" * 5000, "a\x00b", "ＨＯＷ ＭＵＣＨ"]
)
def test_any_sentence_is_answered(api: Api, text: str) -> None:
    answer = api.client.post("/intent", json={"text": text}, headers=api.bearer())
    assert answer.status_code == 200
    assert 0 < answer.json()["probability"] <= 1


@pytest.mark.parametrize(
    ("body", "label"),
    [
        ({"text": ""}, "TEXT_EMPTY"),
        ({"text": " \n\t "}, "TEXT_EMPTY"),
        ({"sentence": ""}, "SENTENCE_EMPTY"),
        ({"text": "x" * 5001}, "TEXT_TOO_LONG"),
        ({}, "TEXT_MISSING"),
        ({"text": None}, "TEXT_INVALID"),
        ({"text": 7}, "TEXT_INVALID"),
    ],
    ids=str,
)
def test_a_sentence_that_does_not_fit_is_named(api: Api, body: dict[str, Any], label: str) -> None:
    answer = api.client.post("/intent", json=body, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (422, label)


def test_the_read_routes_answer_as_their_clients_expect(api: Api) -> None:
    bearer = api.bearer()
    text = "how much is my car worth"
    one = api.client.get("/intent", params={"query": text}, headers=bearer).json()
    assert list(one) == ["intent", "probability"]
    assert one["intent"] == "value_car"
    assert isinstance(one["probability"], str)
    every = api.client.get("/api/intent", params={"sentence": text}, headers=bearer).json()
    assert len(every) == 9
    assert sum(every.values()) == pytest.approx(1)
    assert every["value_car"] == pytest.approx(float(one["probability"]), abs=1e-8)


@pytest.mark.parametrize("path", ["/intent", "/intent?query=", "/api/intent?sentence=%20"])
def test_a_read_route_names_what_is_empty(api: Api, path: str) -> None:
    answer = api.client.get(path, headers=api.bearer())
    assert answer.status_code == 422
    assert answer.json()["label"] in ("QUERY_EMPTY", "SENTENCE_EMPTY")


def test_a_version_may_be_asked_for(api: Api) -> None:
    bearer = api.bearer()
    assert api.client.post("/predict?version=1", json=CAR, headers=bearer).status_code == 200
    for version in ("2", "x", "", "1e3", "١"):
        answer = api.client.post("/predict", params={"version": version}, json=CAR, headers=bearer)
        assert (answer.status_code, answer.json()["label"]) == (404, "VERSION_NOT_LOADED")


def test_a_task_without_a_model_is_503_and_not_ready(api: Api) -> None:
    assert api.client.get("/ready").json() == {"status": "ready"}
    del api.services.champions.models["car_price"]  # type: ignore[attr-defined]
    answer = api.client.post("/predict", json=CAR, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (503, "MODEL_NOT_LOADED")
    ready = api.client.get("/ready")
    assert (ready.status_code, ready.json()["label"]) == (503, "NOT_READY")
    assert "car_price" in ready.json()["detail"]
    assert api.client.get("/live").status_code == 200
    assert api.client.post("/intent", json={"text": "x"}, headers=api.bearer()).status_code == 200


def test_a_model_that_breaks_tells_nothing_internal(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("iargus.serving.predictor.CompiledPredictor.predict", broken)
    answer = api.client.post("/predict", json=CAR, headers=api.bearer())
    assert (answer.status_code, answer.json()["label"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_nan_never_goes_out(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "iargus.serving.predictor.CompiledPredictor.predict",
        lambda *_: [{"predicted_price": float("nan")}],
    )
    answer = api.client.post("/predict", json=CAR, headers=api.bearer())
    assert answer.status_code == 500


def test_answers_are_what_the_description_says(api: Api) -> None:
    for name, path in (("car_price", "/predict"), ("intent", "/intent")):
        task = api.services.catalogue.get(name)
        answer = api.client.post(path, json=task.example(), headers=api.bearer())
        assert json.loads(task.output_model.model_validate_json(answer.text).model_dump_json()) == (
            answer.json()
        )
