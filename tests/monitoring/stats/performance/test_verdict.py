"""Judging a model by its errors."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from iargus.errors import DataError
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance


@pytest.mark.parametrize(
    ("error", "state"), [(0.19, State.HEALTHY), (0.2, State.HEALTHY), (0.21, State.BREACH)]
)
def test_the_mean_error_is_compared_with_the_threshold(error: float, state: State) -> None:
    verdict = judge_performance(np.full(100, error), 0.2, minimum_rows=100)
    assert (verdict.state, verdict.rows, verdict.threshold) == (state, 100, 0.2)
    assert verdict.error == pytest.approx(error)


@pytest.mark.parametrize("rows", [1, 99])
def test_a_handful_of_rows_says_nothing_however_bad(rows: int) -> None:
    verdict = judge_performance(np.full(rows, 5.0), 0.2, minimum_rows=100)
    assert verdict.state is State.INSUFFICIENT
    assert verdict.error == pytest.approx(5.0)


def test_no_rows_are_insufficient_even_if_none_are_asked_for() -> None:
    verdict = judge_performance([], 0.2, minimum_rows=0)
    assert (verdict.state, verdict.error, verdict.rows) == (State.INSUFFICIENT, None, 0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.1])
def test_an_error_without_a_value_is_refused(bad: float) -> None:
    with pytest.raises(DataError, match="1 of 3 rows"):
        judge_performance([0.1, bad, 0.1], 0.2, minimum_rows=1)


RANDOM = np.random.default_rng(20181201)


def percentage_errors(mean: float, rows: int, *, variation: float = 1.0) -> NDArray[np.float64]:
    """Lognormal errors."""
    sigma = math.sqrt(math.log1p(variation**2))
    return RANDOM.lognormal(math.log(mean) - sigma**2 / 2, sigma, rows)


def wrong_answers(wrong: int, rows: int) -> NDArray[np.float64]:
    return (np.arange(rows) < wrong).astype(np.float64)


def states(mean: float, rows: int, repeats: int) -> list[State]:
    return [
        judge_performance(percentage_errors(mean, rows), 0.2, minimum_rows=100).state
        for _ in range(repeats)
    ]


def test_an_error_over_the_threshold_that_may_be_chance_is_suspect() -> None:
    verdict = judge_performance(wrong_answers(22, 100), 0.2, minimum_rows=100)
    assert verdict.state is State.SUSPECT
    assert verdict.lower_bound is not None
    assert verdict.lower_bound < 0.2
    assert judge_performance(wrong_answers(220, 1000), 0.2, minimum_rows=1).lower_bound is not None


def test_bounds_of_a_share_are_exact() -> None:
    verdict = judge_performance(wrong_answers(10, 50), 0.1, alpha=0.025, minimum_rows=1)
    # Clopper and Pearson for 10 of 50, from tables.
    assert verdict.interval == pytest.approx((0.1003, 0.3372), abs=1e-4)
    assert verdict.state is State.BREACH
    assert judge_performance(np.zeros(50), 0.1, minimum_rows=1).interval == pytest.approx(
        (0.0, 1 - 0.025 ** (1 / 50))
    )
    assert judge_performance(np.ones(50), 0.1, minimum_rows=1).interval == pytest.approx(
        (0.025 ** (1 / 50), 1.0)
    )


def test_the_breach_of_a_share_agrees_with_its_power() -> None:
    """The power is the exact chance of the numbers of wrong answers that are a breach."""
    rows = 300
    counts = [
        wrong
        for wrong in range(rows + 1)
        if judge_performance(wrong_answers(wrong, rows), 0.2, minimum_rows=1).state is State.BREACH
    ]
    expected = stats.binom.sf(min(counts) - 1, rows, 0.22)
    assert counts == list(range(min(counts), rows + 1))
    power = judge_performance(wrong_answers(60, rows), 0.2, minimum_rows=1).power
    assert power == pytest.approx(expected)


def test_a_model_on_the_threshold_is_seldom_a_breach() -> None:
    repeats = 8000
    found = states(0.2, 300, repeats).count(State.BREACH) / repeats
    # A t test finds 0.05 %, "the mean is above" 47 %; three standard errors around 0.35 %.
    assert 0.0015 <= found <= 0.0055


def test_the_power_is_what_happens() -> None:
    found = states(0.22, 1000, 2000).count(State.BREACH) / 2000
    said = np.mean(
        [
            judge_performance(percentage_errors(0.22, 1000), 0.2, minimum_rows=1).power or 0.0
            for _ in range(200)
        ]
    )
    assert found >= 0.65
    assert said == pytest.approx(found, abs=0.05)


@pytest.mark.parametrize("rows", [300, 3000])
def test_the_interval_covers_skewed_errors(rows: int) -> None:
    repeats = 3000
    intervals = [
        judge_performance(percentage_errors(0.2, rows), 0.2, minimum_rows=1).interval
        for _ in range(repeats)
    ]
    covers = np.mean([low <= 0.2 <= high for low, high in filter(None, intervals)])
    assert 0.938 <= covers <= 0.964


def test_equal_errors_have_exact_bounds() -> None:
    verdict = judge_performance(np.full(50, 0.19), 0.2, minimum_rows=1)
    assert verdict.interval == pytest.approx((0.19, 0.19))
    assert verdict.power == 1.0


def test_evidence_of_suspect_months_adds_up_to_a_breach() -> None:
    evidence, verdicts = Evidence(), []
    for _ in range(30):
        errors = percentage_errors(0.21, 1000)
        verdict = judge_performance(errors, 0.2, alpha=1e-9, minimum_rows=100)
        evidence = accumulate(Evidence.from_json(evidence.to_json()), errors, 0.2)
        verdicts.append(confirm(verdict, evidence))
        if verdicts[-1].accumulated:
            break
    assert verdicts[-1].state is State.BREACH
    assert 2 <= len(verdicts) < 30, "no single month proves it at this level"
    assert evidence.rows <= 1000 * len(verdicts)
    assert json.loads(json.dumps(evidence.to_json())) == evidence.to_json()


def test_evidence_is_seldom_confirmed_for_a_model_on_the_threshold() -> None:
    confirmed = 0
    for _ in range(60):
        evidence = Evidence()
        for _ in range(24):
            evidence = accumulate(evidence, percentage_errors(0.2, 300), 0.2)
            if evidence.confirmed:
                confirmed, evidence = confirmed + 1, Evidence()
    # 1,440 months, at most one in `LIMIT` on average.
    assert confirmed <= 9


def test_a_good_month_wipes_evidence_out() -> None:
    bad = accumulate(Evidence(), np.full(500, 0.25), 0.2)
    assert (bad.confirmed, bad.months, bad.rows) == (True, 1, 500)
    good = accumulate(bad, np.full(50_000, 0.1), 0.2)
    assert (good.confirmed, good.months, good.rows) == (False, 0, 0)
    again = accumulate(good, np.full(500, 0.25), 0.2)
    assert again.value == pytest.approx(bad.value), "good years do not hide a bad month"


def test_a_healthy_month_is_no_breach_whatever_the_evidence() -> None:
    evidence = accumulate(Evidence(), np.full(500, 0.9), 0.2)
    healthy = judge_performance(np.full(500, 0.1), 0.2, minimum_rows=1)
    assert confirm(healthy, evidence) == healthy


def test_evidence_about_another_threshold_is_dropped() -> None:
    old = accumulate(Evidence(), np.full(500, 0.9), 0.2)
    assert not accumulate(old, np.full(500, 0.3), 0.3).confirmed
    assert Evidence.from_json(None) == Evidence()
