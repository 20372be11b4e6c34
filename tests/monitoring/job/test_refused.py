"""A challenger that wins and cannot be served: the champion stays, and the month is recorded."""

from __future__ import annotations

import pytest

from iargus.errors import PromotionRefused
from iargus.monitoring.stats.performance.comparison import Decision
from iargus.monitoring.view.month_view import Status
from iargus.registry import Registry
from tests.monitoring.conftest import World
from tests.toy_tasks import rent_rows


def test_the_month_is_judged_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Registry, task: str, version: str) -> None:
        raise PromotionRefused(f"{task} version {version} cannot become champion: row 7 differs")

    monkeypatch.setattr(Registry, "check_promotable", refuse)
    world.add(world.rent, rent_rows(1500, seed=1, scale=1.6), month="2026-02")
    outcome = world.judge()
    retraining = outcome.retraining
    assert retraining is not None
    assert (outcome.status, retraining.decision) == (Status.BREACH, Decision.KEEP)
    assert "row 7 differs" in str(retraining.refused)
    assert "is better" in outcome.sentence
    assert "row 7 differs" in outcome.sentence
    assert "still over the limit" in outcome.sentence
    assert retraining.serving_error == retraining.champion_error
    assert (outcome.serving_version, outcome.mail) == ("1", "breach_not_mended")
    assert (world.alias(world.rent, "champion"), world.alias(world.rent, "challenger")) == (
        "1",
        "2",
    )
    assert world.judge().status is Status.NOT_DUE, "it is recorded"
