"""Summaries stay small, can be stored, and say the same as the rows they stand for."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iargus.monitoring.stats.drift.categories import (
    MOST_LEVELS,
    CategorySummary,
    compare_categories,
)
from iargus.monitoring.stats.drift.categories import never_seen as unseen
from iargus.monitoring.stats.drift.compare import compare_features
from iargus.monitoring.stats.drift.homogeneity import homogeneity, pooled, shares_differ
from iargus.monitoring.stats.drift.numbers import SIZE, NumberSummary, compare_numbers
from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, merge_all, summarise
from iargus.monitoring.stats.drift.words import LONGEST_WORD, MOST_WORDS, WordSummary
from iargus.text import without_accents


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)


def rows(random: np.random.Generator, count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": np.where(random.random(count) < 0.1, np.nan, random.lognormal(size=count)),
            "category": random.choice(list("abcdef"), count),
            "text": [" ".join(line) for line in random.choice(list("uvwxyz"), (count, 5))],
        }
    )


def test_merged_parts_are_the_whole(random: np.random.Generator) -> None:
    whole = rows(random, 3000)
    kinds = {"number": Kind.NUMBER, "category": Kind.CATEGORY, "text": Kind.TEXT}
    parts = [summarise(part, kinds) for part in (whole[:500], whole[500:501], whole[501:])]
    merged, at_once = merge_all(parts), summarise(whole, kinds)
    for name in kinds:
        assert merged[name].to_json() == at_once[name].to_json()


def test_a_stored_summary_decides_as_the_rows_do(random: np.random.Generator) -> None:
    reference, current = rows(random, 20_000), rows(random, 2000)
    stored = {
        name: FeatureSummary.from_json(json.loads(json.dumps(summary.to_json())))
        for name, summary in summarise(reference).items()
    }
    for one, other in zip(
        compare_features(reference, current), compare_features(stored, current), strict=True
    ):
        for change, same in zip(one.changes, other.changes, strict=True):
            assert change.effect == pytest.approx(same.effect, abs=0.01)


def test_a_number_summary_stays_small_and_exact_over_many_merges(
    random: np.random.Generator,
) -> None:
    values = random.lognormal(size=400_000)
    summary = NumberSummary.of(values[:4000])
    for start in range(4000, len(values), 4000):
        summary = summary.merge(NumberSummary.of(values[start : start + 4000]))
    assert summary.rows == len(values)
    assert len(summary.to_json()["values"]) <= SIZE
    assert len(json.dumps(summary.to_json())) < 30_000
    for share in (0.01, 0.1, 0.5, 0.9, 0.99):
        assert (values <= summary.quantile(share)).mean() == pytest.approx(share, abs=0.003)


def test_ties_stay_together(random: np.random.Generator) -> None:
    zeros = NumberSummary.of(np.r_[np.zeros(900), random.random(100)])
    other = NumberSummary.of(np.r_[np.zeros(880), random.random(120)])
    assert compare_numbers(zeros, other).p_value > 0.05
    constant = NumberSummary.of(np.ones(500))
    assert compare_numbers(constant, constant).p_value == 1.0
    assert compare_numbers(constant, NumberSummary.of(np.full(500, 2.0))).p_value < 1e-10


def test_levels_without_end_are_cut(random: np.random.Generator) -> None:
    names = pd.Series(np.char.add("x", np.arange(3 * MOST_LEVELS).astype(str)))
    summary = CategorySummary.of(names)
    assert (len(summary.counts), summary.rows) == (MOST_LEVELS, 3 * MOST_LEVELS)
    month = CategorySummary.of(names[-1000:])
    assert unseen(summary, month).p_value == 1.0, "what was cut may have been seen"
    assert compare_categories(summary, summary).p_value == 1.0


def test_words_without_end_are_cut_and_rare_ones_are_not_stored() -> None:
    summary = WordSummary.of(f"word{place} common" for place in range(3 * MOST_WORDS))
    assert len(summary.counts) <= 2 * MOST_WORDS
    assert summary.to_json()["counts"] == {"common": 3 * MOST_WORDS}


@pytest.mark.parametrize("sizes", [(300, 300), (10_000, 300), (10_000, 2000)])
def test_the_level_of_the_tests_is_kept(
    sizes: tuple[int, int], random: np.random.Generator
) -> None:
    """A goodness-of-fit test against shares of the reference rejects 32 to 97 % here."""
    shares = 1 / np.arange(1, 501)
    shares /= shares.sum()
    repeats, categories, numbers = 1000, 0, 0
    for _ in range(repeats):
        r, c = (random.multinomial(size, shares).astype(np.float64) for size in sizes)
        categories += homogeneity(*pooled(r, c)).p_value <= 0.05
        one, other = (NumberSummary.of(random.lognormal(size=size)) for size in sizes)
        numbers += compare_numbers(one, other).p_value <= 0.05
    assert 0.03 <= categories / repeats <= 0.071
    assert 0.025 <= numbers / repeats <= 0.071


def test_the_chi_square_of_a_table_by_hand() -> None:
    test = homogeneity(np.array([30.0, 70.0]), np.array([50.0, 50.0]))
    assert test.p_value == pytest.approx(0.003892, abs=1e-6)  # X^2 = 8.3333, one degree
    assert test.effect == pytest.approx(((8.33333 - 1) / 50) ** 0.5, abs=1e-4)


def test_exact_shares() -> None:
    [p_value] = shares_differ(np.array([0.0]), 100, np.array([5.0]), 100)
    assert p_value == pytest.approx(2 * 0.5**5)
    [many] = shares_differ(np.array([95.0]), 100, np.array([100.0]), 100)
    assert many == pytest.approx(p_value)


def test_two_kinds_are_not_merged() -> None:
    number = FeatureSummary.of(pd.Series([1.0]), Kind.NUMBER)
    with pytest.raises(ValueError, match="cannot be merged"):
        number.merge(FeatureSummary.of(pd.Series(["a"]), Kind.CATEGORY))


@pytest.mark.parametrize("parts", [1, 40])
def test_levels_without_end_that_have_not_changed_do_not_drift(
    random: np.random.Generator, parts: int
) -> None:
    """Which of 20,000 equally frequent levels are kept is chance, and another chance in a month."""

    def sellers(rows: int, *, favoured: int = 0) -> dict[str, FeatureSummary]:
        names = np.char.add("seller ", np.arange(20_000).astype(str))
        numbers = random.integers(0, 20_000, rows)
        numbers[: rows // 5] %= favoured or 20_000
        column = pd.DataFrame({"seller": names[random.permutation(numbers)]})
        size = rows // parts
        return merge_all(summarise(column[start : start + size]) for start in range(0, rows, size))

    reference = sellers(100_000)
    assert reference["seller"].categories is not None
    assert reference["seller"].categories.other > 0
    [same] = compare_features(reference, sellers(60_000))
    assert not same.drifted
    [changed] = compare_features(reference, sellers(60_000, favoured=20))
    assert changed.drifted
    stored = FeatureSummary.from_json(json.loads(json.dumps(reference["seller"].to_json())))
    [again] = compare_features({"seller": stored}, sellers(60_000))
    assert not again.drifted


def test_a_categorical_column_is_counted_as_the_strings_it_stands_for() -> None:
    strings = pd.Series(["b", "a", None, "b", "x" * 300])
    categorical = pd.Series(pd.Categorical(strings, categories=["a", "b", "c", "x" * 300]))
    for kind in (Kind.CATEGORY, Kind.TEXT):
        one, other = (FeatureSummary.of(column, kind) for column in (strings, categorical))
        assert (one.rows, one.missing) == (5, 1)
        assert one.to_json() == other.to_json()


@given(st.lists(st.text(max_size=30), max_size=8))
@example(["Ce vol,  CE VOL", "a\nb\0c", "\u0301e\u0301", "ﬁß Σς 가나 ½", "x" * 50 + " y"])
def test_words_are_counted_as_if_text_by_text(texts: list[str]) -> None:
    expected: Counter[str] = Counter()
    for text in texts:
        found = [word[:LONGEST_WORD] for word in re.findall(r"\w+", without_accents(text))]
        expected.update({*found, *map(" ".join, pairwise(found))})
    assert WordSummary.of(texts) == WordSummary(len(texts), dict(expected))


def test_numbers_of_half_the_precision_are_the_numbers_that_were_written() -> None:
    """0.1 in a Parquet file of 32 bits and 0.1 in a CSV file are one value, and no drift."""
    random = np.random.default_rng(12)
    written = pd.Series(random.integers(1, 8, 4_000) / 10)
    for dtype in ("float32", "Float32"):
        half = written.astype(dtype)
        assert numbers_of(half).tolist() == written.tolist()
        [drift] = compare_features(
            pd.DataFrame({"x": half}), pd.DataFrame({"x": random.permutation(written)})
        )
        assert not drift.drifted
    odd = pd.Series([16_777_215.0, -0.0, 1e-30, 123_456.78, np.inf, np.nan], dtype="float32")
    found = numbers_of(odd).tolist()
    assert found[:2] == [16_777_215.0, 0.0]
    assert found[2] == pytest.approx(1e-30, rel=1e-6)
    assert found[4] == np.inf
