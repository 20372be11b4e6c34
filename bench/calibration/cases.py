"""Simulated months for `bench.calibration`: what each case draws, and when it counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from iargus.monitoring.stats.drift.categories import CategorySummary
from iargus.monitoring.stats.drift.compare import compare_features
from iargus.monitoring.stats.drift.numbers import NumberSummary
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind
from iargus.monitoring.stats.performance.comparison import Decision, compare_models
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance

Errors = NDArray[np.float64]
Random = np.random.Generator
Draw = Callable[[Random, int], Errors]
Trial = Callable[[Random], bool]
"""Whether the event of a case has happened in one simulated month or year."""

THRESHOLD, REFERENCE_ROWS, GRID = 0.2, 10_000, 2000
MINIMUM_ROWS = 100


def lognormal(mean: float, variation: float) -> Draw:
    sigma = np.sqrt(np.log1p(variation**2))
    return lambda random, rows: mean * np.exp(sigma * random.standard_normal(rows) - sigma**2 / 2)


def gamma(mean: float, variation: float) -> Draw:
    shape = variation**-2
    return lambda random, rows: random.gamma(shape, mean / shape, rows)


def half_normal(mean: float) -> Draw:
    return lambda random, rows: np.abs(random.standard_normal(rows)) * mean * np.sqrt(np.pi / 2)


def zero_one(mean: float) -> Draw:
    return lambda random, rows: (random.random(rows) < mean).astype(np.float64)


def breach(draw: Draw, rows: int) -> Trial:
    def trial(random: Random) -> bool:
        verdict = judge_performance(draw(random, rows), THRESHOLD, minimum_rows=MINIMUM_ROWS)
        return verdict.state is State.BREACH

    return trial


def breach_in_a_year(draw: Draw, rows: int, *, accumulated_only: bool = False) -> Trial:
    """The second year of a champion, with the evidence that the first one has left."""

    def trial(random: Random) -> bool:
        evidence, raised = Evidence(), False
        for month in range(24):
            errors = draw(random, rows)
            verdict = judge_performance(errors, THRESHOLD, minimum_rows=MINIMUM_ROWS)
            evidence = accumulate(evidence, errors, THRESHOLD)
            verdict = confirm(verdict, evidence)
            if verdict.state is State.BREACH:
                evidence = Evidence()
                raised |= month >= 12 and (verdict.accumulated or not accumulated_only)
        return raised

    return trial


def covered(draw: Draw, rows: int, mean: float) -> Trial:
    def trial(random: Random) -> bool:
        verdict = judge_performance(draw(random, rows), THRESHOLD, minimum_rows=MINIMUM_ROWS)
        assert verdict.interval is not None
        return verdict.interval[0] <= mean <= verdict.interval[1]

    return trial


@cache
def _grid() -> NDArray[np.float64]:
    return np.asarray(ndtri((np.arange(GRID) + 0.5) / GRID))


def number(
    random: Random, rows: int, *, shift: float = 0.0, missing: float = 0.0
) -> FeatureSummary:
    """A normal feature in steps, drawn as counts: the same as drawing every row."""
    edges = np.r_[-np.inf, (_grid()[1:] + _grid()[:-1]) / 2, np.inf]
    lost = random.binomial(rows, missing)
    counts = random.multinomial(rows - lost, np.diff(ndtr(edges - shift))).astype(np.float64)
    used = counts > 0
    return FeatureSummary(
        Kind.NUMBER, rows, lost, numbers=NumberSummary(_grid()[used], counts[used])
    )


def category(random: Random, rows: int, levels: int) -> FeatureSummary:
    """Levels whose share falls as 1 / rank, so that most are rare."""
    shares = 1 / np.arange(1, levels + 1)
    counts = random.multinomial(rows, shares / shares.sum())
    held = {f"level {place}": int(count) for place, count in enumerate(counts) if count}
    return FeatureSummary(Kind.CATEGORY, rows, 0, categories=CategorySummary(held))


def ten_features(random: Random, rows: int, *, shift: float = 0.0) -> dict[str, FeatureSummary]:
    """Six numbers (`shift` moves the first), four categories, one of 500 levels; and prices."""
    numbers = {
        f"number {place}": number(
            random, rows, shift=0 if place else shift, missing=0.05 if place > 3 else 0
        )
        for place in range(6)
    }
    categories = {f"category {k}": category(random, rows, k) for k in (2, 8, 60, 500)}
    return {**numbers, **categories, "prediction": number(random, rows)}


def anything_in_a_year(draw: Draw, rows: int) -> Trial:
    def trial(random: Random) -> bool:
        reference = ten_features(random, REFERENCE_ROWS)
        evidence = Evidence()
        for _ in range(12):
            errors = draw(random, rows)
            evidence = accumulate(evidence, errors, THRESHOLD)
            verdict = judge_performance(errors, THRESHOLD, minimum_rows=MINIMUM_ROWS)
            drift = compare_features(reference, ten_features(random, rows))
            breached = confirm(verdict, evidence).state is State.BREACH
            if breached or any(feature.drifted for feature in drift):
                return True
        return False

    return trial


def shift_named(shift: float, rows: int, reference_rows: int) -> Trial:
    def trial(random: Random) -> bool:
        drift = compare_features(
            ten_features(random, reference_rows), ten_features(random, rows, shift=shift)
        )
        return next(feature.drifted for feature in drift if feature.feature == "number 0")

    return trial


def rivals(
    random: Random, gap: float, rows: int, *, shared: float, variation: float = 1.0
) -> tuple[Errors, Errors]:
    """Champion 19 %, challenger better by `gap`; logs of the errors correlated by `shared`."""
    sigma = np.sqrt(np.log1p(variation**2))
    common, *own = random.standard_normal((3, rows))
    logs = [np.sqrt(shared) * common + np.sqrt(1 - shared) * part for part in own]
    one, other = (np.exp(sigma * part - sigma**2 / 2) for part in logs)
    return 0.19 * one, (0.19 - gap) * other


def promoted(gap: float, rows: int, *, shared: float = 0.9) -> Trial:
    def trial(random: Random) -> bool:
        champion, challenger = rivals(random, gap, rows, shared=shared)
        segments = {"make": np.arange(rows) % 12}
        decision = compare_models(champion, challenger, segments=segments).decision
        return decision is Decision.PROMOTE

    return trial


def lower(gap: float, rows: int, *, shared: float = 0.9) -> Trial:
    """What is done where nothing compares two models: whoever has the lower mean wins."""

    def trial(random: Random) -> bool:
        champion, challenger = rivals(random, gap, rows, shared=shared)
        return float(challenger.mean()) < float(champion.mean())

    return trial
