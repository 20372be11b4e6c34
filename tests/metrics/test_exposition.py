"""The two text formats, as the tools of Prometheus read them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from iargus.metrics import Metrics, Route, families
from tests.metrics.scraping import OPENMETRICS, Scraped
from tests.services.require import require_program


@pytest.fixture
def metrics(tmp_path: Path) -> Metrics:
    """A process in which every metric has a value."""
    metrics = Metrics(tmp_path)
    metrics.expect(
        routes={"/predict": Route({"POST": 200}, "car_price")},
        tasks=["car_price"],
        token_labels=["TOKEN_EXPIRED"],
    )
    metrics.start()
    metrics.decisions(["token"])("token", "host", False)
    metrics.answered("/predict", "POST", 200, 0.0004)
    metrics.set(families.MODEL, "car_price", '7"\\\n', "1", value=1)
    metrics.set(families.MODEL, "car_price", "6", "1", value=0)
    metrics.set(families.MODEL_AGE, "car_price", value=1_760_000_000)
    metrics.set(families.REVOCATIONS_AGE, value=1_760_000_000)
    metrics.set(families.STARTED, "1", value=1_760_000_000)
    return metrics


def test_both_formats_say_the_same(metrics: Metrics) -> None:
    plain, open_metrics = metrics.scrape(), metrics.scrape(OPENMETRICS)
    assert plain.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert open_metrics.content_type.startswith("application/openmetrics-text; version=1.0.0;")
    one, other = Scraped(plain.body.decode()), Scraped(open_metrics.body.decode())
    assert one.values.keys() == other.values.keys()
    names = {family.name for family in other.families}
    assert names == {family.name for family in families.FAMILIES}
    assert one.series("iargus_model_info") == [
        {"task": "car_price", "version": '7"\\\n', "worker": "1"}
    ]


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/html", "application/openmetrics-text; version=x", "a;b;;=,,;q="]
)
def test_any_accept_header_is_answered(metrics: Metrics, accept: str) -> None:
    assert Scraped(metrics.scrape(accept).body.decode()).values


def test_buckets_add_up(metrics: Metrics) -> None:
    metrics.answered("/predict", "POST", 200, 0.0001)
    metrics.answered("/predict", "POST", 200, 11.0)
    found = Scraped(metrics.scrape().body.decode())
    at = {
        labels["le"]: found.value("iargus_request_duration_seconds_bucket", **labels)
        for labels in found.series("iargus_request_duration_seconds_bucket")
    }
    assert (at["0.0001"], at["0.00025"], at["0.0005"], at["10.0"], at["+Inf"]) == (1, 1, 2, 2, 3)
    assert found.value("iargus_request_duration_seconds_sum", route="/predict") == 11.0005


def test_promtool_finds_nothing_to_say(metrics: Metrics) -> None:
    promtool = require_program("promtool")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=metrics.scrape().body, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
