"""Promotion: an equal challenger almost never, a better one nearly always."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from iargus.errors import DataError
from iargus.monitoring.stats.performance.comparison import (
    MINIMUM_PAIRS,
    Decision,
    Method,
    compare_models,
    mcnemar_exact,
    skew_corrected_t,
)

Errors = NDArray[np.float64]
Pair = Callable[[np.random.Generator, int], tuple[Errors, Errors]]
REPEATS = 2000
# Three standard errors of a share of 5 % over so many repetitions.
TOLERANCE = 3 * (0.05 * 0.95 / REPEATS) ** 0.5


def percentage_errors(*, spread: float, shared: float, gap: float = 0.0) -> Pair:
    """Two models' MAPE of 19 %; lognormal errors of this coefficient of variation, correlated."""
    sigma = np.sqrt(np.log1p(spread**2))

    def draw(random: np.random.Generator, rows: int) -> tuple[Errors, Errors]:
        common, *own = random.standard_normal((3, rows))
        z = [shared * common + np.sqrt(1 - shared**2) * part for part in own]
        mean = (0.19, 0.19 - gap)
        return (
            mean[0] * np.exp(sigma * z[0] - sigma**2 / 2),
            mean[1] * np.exp(sigma * z[1] - sigma**2 / 2),
        )

    return draw


def wrong_answers(*, share: float, gap: float = 0.0) -> Pair:
    def draw(random: np.random.Generator, rows: int) -> tuple[Errors, Errors]:
        hard = random.random(rows)
        one = hard + random.normal(0, 0.1, rows) > 1 - share
        other = hard + random.normal(0, 0.1, rows) > 1 - share + gap
        return one.astype(float), other.astype(float)

    return draw


def promoted(pair: Pair, rows: int, repeats: int = REPEATS) -> float:
    """The share of months in which the challenger is promoted."""
    random = np.random.default_rng(20181201)
    decisions = [compare_models(*pair(random, rows)).decision for _ in range(repeats)]
    return decisions.count(Decision.PROMOTE) / repeats


@pytest.mark.parametrize("rows", [30, 300, 3000])
@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(percentage_errors(spread=1, shared=0.9), id="mape, alike"),
        pytest.param(percentage_errors(spread=2, shared=0.5), id="mape, heavy tails"),
        pytest.param(wrong_answers(share=0.2), id="0/1"),
    ],
)
def test_an_equal_challenger_is_promoted_in_at_most_5_percent(pair: Pair, rows: int) -> None:
    assert promoted(pair, rows) <= 0.05 + TOLERANCE


def test_a_challenger_better_by_a_point_is_promoted() -> None:
    pair = percentage_errors(spread=1, shared=0.9, gap=0.01)
    assert promoted(pair, 3000, 400) >= 0.9


def test_a_challenger_worse_by_a_point_is_not() -> None:
    pair = percentage_errors(spread=1, shared=0.9, gap=-0.01)
    assert promoted(pair, 3000, 400) <= 0.005


def test_a_clearly_better_one_with_a_few_disasters_is_promoted() -> None:
    """Johnson's statistic without the cubic term falls again for such differences."""
    champion = np.full(200, 0.5)
    challenger = np.r_[np.full(196, 0.1), np.full(4, 0.9)]
    promotion = compare_models(champion, challenger)
    assert promotion.decision is Decision.PROMOTE
    assert promotion.method is Method.SKEW_CORRECTED_T


def test_mcnemar_counts_only_rows_on_which_they_differ() -> None:
    champion = np.r_[np.ones(8), np.zeros(2), np.ones(90)]
    challenger = np.r_[np.zeros(8), np.ones(2), np.ones(90)]
    # P(X >= 8), X ~ Binomial(10, 1/2): (45 + 10 + 1) / 1024
    assert mcnemar_exact(champion, challenger) == pytest.approx(56 / 1024)
    promotion = compare_models(champion, challenger)
    assert (promotion.decision, promotion.method) == (Decision.UNDECIDED, Method.MCNEMAR)
    assert promotion.champion_error == pytest.approx(0.98)
    assert promotion.challenger_error == pytest.approx(0.92)


def test_mcnemar_of_models_that_never_differ() -> None:
    assert mcnemar_exact(np.ones(40), np.ones(40)) == 1.0


@pytest.mark.parametrize(("difference", "expected"), [(0.0, 1.0), (-0.1, 1.0), (0.1, 0.5**40)])
def test_equal_differences_throughout_are_counted(difference: float, expected: float) -> None:
    assert skew_corrected_t(np.full(40, difference)) == pytest.approx(expected)


def test_the_same_model_twice_is_kept() -> None:
    errors = np.random.default_rng(0).lognormal(size=500)
    assert compare_models(errors, errors).decision is Decision.KEEP


def test_too_few_rows_decide_nothing() -> None:
    rows = MINIMUM_PAIRS - 1
    promotion = compare_models(np.full(rows, 0.9), np.linspace(0.01, 0.02, rows))
    assert (promotion.decision, promotion.method) == (Decision.UNDECIDED, Method.TOO_FEW)
    assert compare_models([], []).champion_error is None


def test_errors_must_belong_to_the_same_rows_and_be_numbers() -> None:
    with pytest.raises(ValueError, match="2 errors of one model, 3 of the other"):
        compare_models([0.1, 0.2], [0.1, 0.2, 0.3])
    with pytest.raises(DataError):
        compare_models([0.1, float("nan")], [0.1, 0.2])


def makes(rows: int) -> dict[str, NDArray[np.int64]]:
    return {"make": np.arange(rows) % 10}


def test_a_segment_that_became_clearly_worse_blocks_a_better_challenger() -> None:
    random = np.random.default_rng(1)
    champion, challenger = percentage_errors(spread=1, shared=0.9, gap=0.03)(random, 5000)
    segments = makes(5000)
    assert compare_models(champion, challenger, segments=segments).decision is Decision.PROMOTE
    challenger = np.where(segments["make"] == 3, 1.5 * champion, challenger)
    assert compare_models(champion, challenger).decision is Decision.PROMOTE
    promotion = compare_models(champion, challenger, segments=segments)
    assert promotion.decision is Decision.KEEP
    [worse] = promotion.worse
    assert (worse.segment, worse.rows) == ("make=3", 500)
    assert worse.challenger_error == pytest.approx(1.5 * worse.champion_error)
    wide = compare_models(champion, challenger, segments=segments, margin=0.2)
    assert (wide.decision, wide.worse) == (Decision.PROMOTE, ())


def test_segments_seldom_block_by_chance() -> None:
    random = np.random.default_rng(2)
    pair = percentage_errors(spread=1, shared=0.9, gap=0.02)
    decisions = [
        compare_models(*pair(random, 3000), segments=makes(3000)).decision for _ in range(200)
    ]
    assert decisions.count(Decision.PROMOTE) >= 195


def test_small_segments_neither_block_nor_count() -> None:
    champion, challenger = percentage_errors(spread=1, shared=0.9, gap=0.03)(
        np.random.default_rng(3), 3000
    )
    challenger[:90] = champion[:90] + 1
    rare = np.r_[np.ones(90), np.zeros(2910)]
    assert compare_models(champion, challenger, segments={"rare": rare}).worse == ()
    with pytest.raises(ValueError, match="rare has 1 labels"):
        compare_models(champion, challenger, segments={"rare": [1]})


def test_a_worse_challenger_is_kept_out_for_good_and_an_unclear_one_is_undecided() -> None:
    random = np.random.default_rng(4)
    worse = compare_models(*percentage_errors(spread=1, shared=0.9, gap=-0.03)(random, 3000))
    assert worse.decision is Decision.KEEP
    assert worse.p_worse < 0.001
    equal = compare_models(*percentage_errors(spread=1, shared=0.9)(random, 3000))
    assert equal.decision is Decision.UNDECIDED
