"""The labels of requests stay few, whatever clients ask for."""

from __future__ import annotations

import random
import string
from pathlib import Path

from iargus.metrics import Metrics, Route
from iargus.metrics.metrics import BACKENDS
from tests.metrics.scraping import Scraped


def test_made_up_paths_and_methods_add_no_series(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    metrics.expect(routes={"/predict": Route({"POST": 200}, "car_price")})
    metrics.start()
    chance = random.Random(0)
    for _ in range(3000):
        word = "".join(chance.choices(string.printable, k=8))
        metrics.answered(f"/{word}", "GET", 404, 0.001)
        metrics.answered("/predict", word, 405, 0.001)
    remembered = metrics._requests._places
    found = Scraped(metrics.scrape().body.decode())
    metrics.stop()
    assert set(remembered) == {("/predict", "POST", status) for status in (200, 500, 503)}
    counted = found.series("iargus_requests_total")
    assert len(counted) == 5
    assert found.value(
        "iargus_requests_total", route="unknown", method="GET", status="404", task=""
    ) == (3000)
    assert found.total("iargus_requests_total", route="/predict", method="other") == 3000


def test_what_may_happen_is_there_before_it_happens(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    metrics.expect(
        routes={"/feedback": Route({"POST": 202})}, tasks=["intent"], token_labels=["TOKEN_EXPIRED"]
    )
    metrics.start()
    metrics.decisions(["token"])
    found = Scraped(metrics.scrape().body.decode())
    metrics.stop()
    for status in ("202", "500", "503"):
        assert found.total("iargus_requests_total", route="/feedback", status=status) == 0
    assert len(found.series("iargus_requests_total")) == 3
    assert found.value("iargus_bundles_refused_total", task="intent") == 0
    assert found.value("iargus_tokens_rejected_total", reason="TOKEN_EXPIRED") == 0
    assert len(found.series("iargus_limiter_decisions_total")) == 2 * len(BACKENDS)
    assert found.value("iargus_predictions_dropped_total") == 0
