"""`GET /metrics` of one worker: what it counts, and for whom."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from iargus.api.container import Services
from iargus.api.middleware.request_metrics import RequestMetrics
from iargus.errors import DatabaseUnavailable
from iargus.metrics import Metrics
from iargus.metrics.families import FAMILIES
from iargus.serving.loaded_models import LoadedModel
from iargus.settings import Policy
from scripts.reference.metrics import exposed_kind, exposed_name
from tests.api.application import Api, build, running
from tests.metrics.scraping import OPENMETRICS, Scraped

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000}


def scrape(api: Api) -> Scraped:
    api.services.gauges().refresh()
    answer = api.client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scraped(answer.text)


def requests(found: Scraped, route: str, status: int | str) -> float:
    return found.total("iargus_requests_total", route=route, status=str(status))


def test_requests_are_counted_by_route_method_status_and_task(api: Api) -> None:
    headers = api.bearer()
    assert api.client.post("/predict", json=CAR, headers=headers).status_code == 200
    assert api.client.post("/predict", json=CAR).status_code == 401
    assert api.client.post("/intent", json={"text": ""}, headers=headers).status_code == 422
    assert api.client.delete("/predict").status_code == 405
    for name in ("a", "b"):
        assert api.client.get(f"/{name}").status_code == 404
    found = scrape(api)
    predict = {"route": "/predict", "task": "car_price"}
    assert found.value("iargus_requests_total", method="POST", status="200", **predict) == 1
    assert found.value("iargus_requests_total", method="POST", status="401", **predict) == 1
    assert found.value("iargus_requests_total", method="DELETE", status="405", **predict) == 1
    assert found.total("iargus_requests_total", status="422", task="intent") == 1
    assert requests(found, "unknown", 404) == 2
    assert requests(found, "/get_token", 200) == 1
    assert found.value("iargus_request_duration_seconds_count", route="/predict") == 3
    assert 0 < found.value("iargus_request_duration_seconds_sum", route="/predict") < 60
    assert requests(scrape(api), "/metrics", 200) == 1, "the scrape before this one"


def test_what_goes_wrong_inside_is_a_500(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("unforeseen")

    headers = api.bearer()
    monkeypatch.setattr(api.services.champions, "get", broken)
    assert api.client.post("/predict", json=CAR, headers=headers).status_code == 500
    monkeypatch.undo()
    found = scrape(api)
    assert requests(found, "/predict", 500) == 1
    assert found.value("iargus_request_duration_seconds_count", route="/predict") == 1


@pytest.mark.parametrize("gone", [ClientDisconnect, asyncio.CancelledError, None])
def test_a_client_that_goes_before_its_answer_is_counted_so(
    api: Api, gone: type[BaseException] | None
) -> None:
    async def unanswered(*_: Any) -> None:
        if gone is not None:
            raise gone

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nobody is there")

    app = RequestMetrics(unanswered, api.services.metrics)
    call = app({"type": "http", "path": "/predict", "method": "POST"}, nothing, nothing)
    if gone is asyncio.CancelledError:
        with pytest.raises(gone):
            asyncio.run(call)
    else:
        asyncio.run(call)
    assert requests(scrape(api), "/predict", "disconnected") == 1


def test_tokens_are_counted_by_what_became_of_them(api: Api) -> None:
    headers = api.bearer()
    assert api.client.post("/revoke_token", headers=headers).status_code == 200
    assert api.client.post("/revoke_token", headers=headers).status_code == 200
    assert api.client.post("/predict", json=CAR, headers=headers).status_code == 401
    late = api.bearer()
    api.clock.pass_by(days=200)
    assert api.client.post("/predict", json=CAR, headers=late).status_code == 401
    assert api.client.get("/intent?query=x").status_code == 401
    bad = {"Authorization": "Bearer x"}
    assert api.client.post("/predict", json=CAR, headers=bad).status_code == 401
    found = scrape(api)
    assert found.value("iargus_tokens_issued_total") == 2
    assert found.value("iargus_tokens_revoked_total") == 1
    rejected = {
        reason["reason"]: found.value("iargus_tokens_rejected_total", **reason)
        for reason in found.series("iargus_tokens_rejected_total")
    }
    assert rejected == {
        **{"TOKEN_REVOKED": 1, "TOKEN_EXPIRED": 1, "TOKEN_MISSING": 1, "TOKEN_INVALID": 1},
        **{"TOKEN_AMBIGUOUS": 0, "TOKEN_STATE_UNKNOWN": 0},
        **{"SCOPE_MISSING": 0, "TASK_NOT_ALLOWED": 0},
    }


def test_decisions_of_the_limiters_are_counted(
    tmp_path: Path, empty_var: Path, models: dict[str, LoadedModel]
) -> None:
    shutil.copytree(empty_var, tmp_path / "var")
    policy = Policy.model_validate({"limits": {"requests_per_minute": 2}})
    with running(build(tmp_path / "var", policy, models)) as api:
        _check_decisions(api)


def _check_decisions(api: Api) -> None:
    headers = api.bearer()
    statuses = [
        api.client.post("/predict", json=CAR, headers=headers).status_code for _ in range(3)
    ]
    assert statuses == [200, 200, 429]
    found = scrape(api)

    def decided(limiter: str, decision: str) -> float:
        return found.value(
            "iargus_limiter_decisions_total", limiter=limiter, backend="host", decision=decision
        )

    assert (decided("token", "allowed"), decided("token", "limited")) == (2, 1)
    assert (decided("issuance", "allowed"), decided("issuance", "limited")) == (1, 0)
    # A request that its token's limit refuses is not charged to the address.
    assert (decided("address", "allowed"), decided("address", "limited")) == (3, 0)


def test_gauges_tell_what_the_parts_know(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scrape(api)
    assert (found.value("iargus_workers"), found.value("iargus_workers_ready")) == (1, 1)
    started = found.total("iargus_worker_start_time_seconds")
    assert 0 <= time.time() - started < 600
    assert {(m["task"], m["version"]) for m in found.series("iargus_model_info")} == {
        *(("car_price", "1"), ("intent", "1"))
    }
    assert found.value("iargus_recording_queue_capacity_rows") == 20_000
    assert found.value("iargus_revocations_age_seconds") < 60
    monkeypatch.setattr(type(api.services.revocations), "age_s", 400.0)
    monkeypatch.setattr(type(api.services.recorder), "waiting_rows", 7)
    api.services.champions.models.pop("intent")  # type: ignore[attr-defined]
    found = scrape(api)
    assert 399 < found.value("iargus_revocations_age_seconds") < 460
    assert found.value("iargus_recording_queue_rows") == 7
    assert found.value("iargus_workers_ready") == 0
    monkeypatch.undo()


def test_rows_are_counted_also_those_of_the_last_moment(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = api.bearer()
    store = api.services.recorder._store
    refused = DatabaseUnavailable("gone")

    def gone(*_: object) -> None:
        raise refused

    with monkeypatch.context() as outage:
        outage.setattr(type(store), "add", gone)
        cars = {"cars": [CAR] * 5}
        assert api.client.post("/predict/batch", json=cars, headers=headers).status_code == 200
        deadline_s = time.monotonic() + 20
        while scrape(api).value("iargus_prediction_write_failures_total") == 0:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        assert scrape(api).value("iargus_recording_queue_rows") == 5
        assert scrape(api).value("iargus_predictions_recorded_total") == 0
    folder = api.services.settings.metrics_dir
    api.client.__exit__()
    found = Scraped(Metrics(folder).scrape().body.decode())
    assert found.value("iargus_predictions_recorded_total") == 5
    assert found.value("iargus_predictions_dropped_total") == 0
    assert found.value("iargus_workers") == 0
    api.client.__enter__()


def test_a_scraper_may_ask_for_openmetrics(api: Api) -> None:
    answer = api.client.get("/metrics", headers={"Accept": OPENMETRICS})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert Scraped(answer.text).value("iargus_workers") >= 0


def test_metrics_that_cannot_be_read_are_a_problem_and_nothing_else_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise OSError("no such folder")

    monkeypatch.setattr(Metrics, "scrape", unreadable)
    answer = api.client.get("/metrics")
    assert (answer.status_code, answer.json()["label"]) == (503, "METRICS_UNAVAILABLE")
    assert api.client.get("/ready").status_code == 200


def test_the_description_names_both_formats(api: Api) -> None:
    route = api.client.get("/openapi.json").json()["paths"]["/metrics"]["get"]
    assert set(route["responses"]["200"]["content"]) == {
        *("text/plain", "application/openmetrics-text")
    }
    assert "security" not in route


def test_the_served_version_takes_the_place_of_the_one_before(api: Api) -> None:
    services: Services = api.services
    model = services.champions.get("intent")
    services.champions.models["intent"] = type(model)("2", model.predictor)  # type: ignore[attr-defined]
    versions = [
        m["version"] for m in scrape(api).series("iargus_model_info") if m["task"] == "intent"
    ]
    assert versions == ["2"]


def test_the_reference_lists_what_is_exposed(api: Api) -> None:
    listed = sorted((exposed_name(family), exposed_kind(family)) for family in FAMILIES)
    exposed = re.findall(r"^# TYPE (\w+) (\w+)$", api.client.get("/metrics").text, re.MULTILINE)
    assert sorted(exposed) == listed


def test_who_has_the_answer_finds_it_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # However long the machine takes, nobody is to be asked whether the client is there.
    monkeypatch.setattr("iargus.api.middleware.request_metrics._PATIENCE_S", 3600.0)
    counted: list[float] = []

    async def answering(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    async def receive() -> Any:
        raise AssertionError("nothing to receive")

    async def send(_: Any) -> None:
        found = Scraped(api.services.metrics.scrape().body.decode())
        counted.append(requests(found, "/predict", 200))

    app = RequestMetrics(answering, api.services.metrics)
    asyncio.run(app({"type": "http", "path": "/predict", "method": "POST"}, receive, send))
    assert counted == [0, 0, 1]
    assert requests(scrape(api), "/predict", 200) == 1


def test_a_worker_that_starts_folds_what_the_dead_have_left(api: Api) -> None:
    folder = api.services.settings.metrics_dir
    dead = Metrics(folder)
    dead.start()
    dead.stop()
    assert len(list(folder.glob("*.cells"))) == 2
    refresher = api.services.gauges()
    refresher.start()
    # It folds before its first look at the stop.
    refresher.stop()
    assert len(list(folder.glob("*.cells"))) == 1
