"""The dashboard and the alerts, against a real Prometheus that scrapes real workers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.services.gunicorn import ROOT, Gunicorn
from tests.services.ports import free_port
from tests.services.prometheus import Prometheus
from tests.services.require import require_program

FOLDER = ROOT / "deploy" / "grafana"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
ANCHORS = {
    *("database-gone", "registry-gone", "bundle-refused", "recording-behind"),
    *("rate-limiter-alone", "worker-killed", "slow-answers", "disk-full"),
}


def dashboard_expressions() -> Iterator[tuple[str, str]]:
    """Each with the name of its panel, and Grafana's variables filled in."""
    found = [
        (panel["title"], target["expr"])
        for panel in DASHBOARD["panels"]
        for target in panel.get("targets", [])
    ]
    found += [(each["name"], each["expr"]) for each in DASHBOARD["annotations"]["list"]]
    for title, expression in found:
        for variable, value in (("$__rate_interval", "1m"), ("$instance", ".*"), ("$route", ".+")):
            expression = expression.replace(variable, value)
        assert "$" not in expression, expression
        yield title, expression


def metrics_in(text: str) -> set[str]:
    return set(re.findall(r"\biargus_\w+", text))


@pytest.fixture(scope="module")
def scraped(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Path, placed: Path
) -> Iterator[Prometheus]:
    """Two workers that nobody has asked anything, and a Prometheus that has scraped them twice."""
    require_program("prometheus")
    folder = tmp_path_factory.mktemp("scraped")
    shutil.copytree(empty_var, folder / "var")
    shutil.copytree(placed, folder / "var" / "models")
    environ = {"IARGUS_VAR": str(folder / "var"), "MLFLOW_HOST": f"127.0.0.1:{free_port()}"}
    with Gunicorn(environ, folder / "log", sync=False) as server:
        target = f"127.0.0.1:{server.port}"
        with Prometheus(FOLDER / "prometheus.yml", target, folder) as prometheus:
            prometheus.wait_for(
                lambda: bool(prometheus.query("iargus_workers_ready == 2")), "two workers are ready"
            )
            twice = 'count_over_time(up{job="iargus"}[1m]) > 1'
            prometheus.wait_for(lambda: bool(prometheus.query(twice)), "it has scraped twice")
            yield prometheus


def test_the_target_is_up_and_says_nothing_wrong(scraped: Prometheus) -> None:
    (target,) = scraped.get("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")


def test_every_expression_of_the_dashboard_is_valid(scraped: Prometheus) -> None:
    for title, expression in dashboard_expressions():
        assert scraped.query(expression) is not None, title


def test_every_metric_that_is_named_is_scraped_before_anything_has_happened(
    scraped: Prometheus,
) -> None:
    known = {name for name in scraped.get("label/__name__/values") if name.startswith("iargus_")}
    named = metrics_in(json.dumps([rule["expr"] for rule in RULES]))
    for _, expression in dashboard_expressions():
        named |= metrics_in(expression)
    for variable in DASHBOARD["templating"]["list"]:
        named |= metrics_in(variable.get("definition", ""))
    assert named == known, "each metric is on the dashboard too"


def test_no_alert_fires_at_a_service_that_is_well(scraped: Prometheus) -> None:
    began = datetime.now(UTC)

    # Before the first scrape Prometheus has missed it: only what is judged from now on counts.
    def all_judged() -> bool:
        (group,) = scraped.get("rules")["groups"]
        assert len(group["rules"]) == len(RULES)
        return all(
            rule["health"] == "ok" and datetime.fromisoformat(rule["lastEvaluation"]) > began
            for rule in group["rules"]
        )

    scraped.wait_for(all_judged, "every rule was judged")
    assert scraped.get("alerts")["alerts"] == []


@pytest.mark.parametrize(
    "command",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        # Each alert fires on what it is for, and not just before.
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    promtool = require_program("promtool")
    done = subprocess.run(
        [promtool, *command], cwd=FOLDER, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_a_person_does(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert (page, anchor in ANCHORS) == ("docs/how-to/operations.md", True)
    assert len(rule["annotations"]["summary"]) > 20
    assert len(rule["annotations"]["description"]) > 80
    assert rule["labels"]["severity"] in ("critical", "warning")


def test_every_alert_is_tried() -> None:
    tests = yaml.safe_load((FOLDER / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    firing = {
        re.search(r'alertname="(\w+)"', sample["labels"])[1]  # type: ignore[index]
        for test in tests
        for case in test["promql_expr_test"]
        for sample in case.get("exp_samples", [])
    }
    assert firing == {rule["alert"] for rule in RULES}


def test_panels_do_not_overlap_and_have_numbers_of_their_own() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
