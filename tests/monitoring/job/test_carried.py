"""Suspect months of one champion add up; a promotion and a repetition do not."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from iargus.monitoring.job.deciding import carried_evidence
from iargus.monitoring.job.records import RunRecord
from iargus.monitoring.period import Period
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State
from iargus.monitoring.view.month_view import Status
from tests.monitoring.conftest import World
from tests.toy_tasks import mood_rows

JUNE, JULY = Period.parse("2026-06"), Period.parse("2026-07")
SOME = accumulate(Evidence(), [1.0] * 40 + [0.0] * 60, 0.2)


def record(period: Period, *, serving: str, evidence: Evidence | None) -> RunRecord:
    facts = {"serving_version": serving, "evidence": evidence and evidence.to_json()}
    timestamp = datetime(2026, 7, 1)
    return RunRecord(
        *("mood", period, timestamp, timestamp, timestamp, 100, "1", State.SUSPECT, 0.3, 0.2),
        facts=facts,
    )


def test_nothing_is_carried_from_nowhere() -> None:
    assert carried_evidence([], JUNE, version="1") == Evidence()


def test_the_month_before_is_carried_to_the_same_version_only() -> None:
    history = [record(JUNE, serving="1", evidence=SOME)]
    assert carried_evidence(history, JULY, version="1") == SOME
    assert carried_evidence(history, JULY, version="2") == Evidence()


def test_a_month_that_is_judged_again_does_not_count_twice() -> None:
    history = [
        record(JULY, serving="1", evidence=accumulate(SOME, [1.0] * 100, 0.2)),
        record(JUNE, serving="1", evidence=SOME),
    ]
    assert carried_evidence(history, JULY, version="1") == SOME


def test_records_of_an_earlier_version_carry_nothing() -> None:
    bare = RunRecord(
        *("mood", JUNE, datetime(2026, 6, 1), datetime(2026, 7, 1), datetime(2026, 7, 1)),
        *(100, "1", State.SUSPECT, 0.3, 0.2),
    )
    assert carried_evidence([bare], JULY, version="1") == Evidence()


def test_suspect_months_become_a_breach_together(world: World) -> None:
    world.train(world.mood)
    seen: list[Status | None] = []
    for month in range(2, 10):
        # The champion is sure of all of them, and wrong in 54 of 200.
        rows = mood_rows(200, seed=month).assign(rain=0.5, label="angry")
        # No row repeats another, of this month or of an earlier one.
        rows["wind"] = 9.5 + month * 1e-3 + np.arange(200) * 1e-6
        rows.loc[:53, "label"] = "odd"
        world.add(world.mood, rows, month=f"2026-{month:02}")
        outcome = world.judge(world.mood, as_of=date(2026, month + 1, 1))
        seen.append(outcome.status)
        if outcome.status is Status.BREACH:
            break
        assert outcome.interval is not None
        assert outcome.lower_bound is not None
        assert outcome.interval[0] < outcome.error < outcome.interval[1]  # type: ignore[operator]
        assert outcome.lower_bound < 0.2, "no month proves it alone"
    assert seen.count(Status.SUSPECT) >= 2
    assert seen[-1] is Status.BREACH
    assert "Several months together prove it." in outcome.sentence
    assert outcome.lower_bound is not None
    assert outcome.lower_bound < 0.2
