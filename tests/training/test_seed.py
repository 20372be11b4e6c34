"""What a fresh installation learns from: sentences and simulated sales, each once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from iargus.training.seed import add_simulation, load_sentences, seed_sentences
from iargus.training.simulator import SimulationPlan
from tests.training.importers.conftest import CARS, INTENT, Importing


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path / "var")


def test_sentences_are_spread_over_the_months_before(importing: Importing) -> None:
    store = importing.store(INTENT)

    added = seed_sentences(INTENT, store, until=date(2026, 11, 1), months=24)

    rows = store.rows()
    assert added == len(rows) == len(load_sentences())
    assert rows["observed_at"].min() == pd.Timestamp(2024, 11, 1)
    assert rows["observed_at"].max() < pd.Timestamp(2026, 11, 1)
    by_month = rows.groupby(rows["observed_at"].dt.to_period("M"))["label"]
    assert len(by_month) == 24
    assert by_month.nunique().min() > 1


def test_sentences_are_added_once_whatever_the_day(importing: Importing) -> None:
    store = importing.store(INTENT)
    seed_sentences(INTENT, store, until=date(2026, 11, 1))

    assert seed_sentences(INTENT, store, until=date(2026, 12, 1)) == 0


def test_a_plan_is_added_once_and_completed(importing: Importing) -> None:
    store = importing.store(CARS)
    plan = SimulationPlan(rows=300, months=3, end=date(2026, 11, 1), seed=1)

    class Stopped(Exception):
        pass

    def stop(months: int, rows: int) -> None:
        if months == 2:
            raise Stopped(rows)

    with pytest.raises(Stopped):
        add_simulation(plan, store, progress=stop)
    before = store.span().count

    assert 0 < before < 300
    assert add_simulation(plan, store) == 300 - before
    assert add_simulation(plan, store) == 0
    assert add_simulation(SimulationPlan(300, 3, date(2026, 11, 1), seed=2), store) == 300
