"""Which features have changed: what is large and sure is named, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from iargus.monitoring.stats.drift.compare import ChangeType, FeatureDrift, compare_features, holm
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, summarise
from iargus.monitoring.stats.quality.scan import QualityScan

REFERENCE = 10_000
Frame = Callable[[int], pd.DataFrame]


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def frame(random: np.random.Generator) -> Frame:
    shares = 1 / np.arange(1, 501)
    shares /= shares.sum()

    def draw(rows: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "mileage": random.lognormal(10, 0.7, rows).round(-2),
                "year": random.integers(2000, 2019, rows),
                "doors": np.where(random.random(rows) < 0.1, np.nan, random.integers(2, 6, rows)),
                "state": random.choice(["TX", "CA", "NY"], rows),
                "model": np.char.add("m", random.choice(500, rows, p=shares).astype(str)),
            }
        )

    return draw


def drifted(found: list[FeatureDrift]) -> dict[str, ChangeType]:
    return {one.feature: one.changes[0].what for one in found if one.drifted}


@pytest.mark.parametrize("rows", [1, 30, 300, 20_000])
def test_nothing_is_named_when_nothing_changed(frame: Frame, rows: int) -> None:
    reference = summarise(frame(REFERENCE))
    for _ in range(20):
        assert drifted(compare_features(reference, frame(rows))) == {}


def test_a_shifted_number_is_named_and_its_effect_is_the_shift(random: np.random.Generator) -> None:
    found = []
    for _ in range(50):
        reference = pd.DataFrame(
            {"x": random.normal(size=REFERENCE), "y": random.normal(size=REFERENCE)}
        )
        current = pd.DataFrame({"x": random.normal(0.25, 1, 1000), "y": random.normal(size=1000)})
        found.append(compare_features(reference, current))
    assert all(drifted(one) == {"x": ChangeType.DISTRIBUTION} for one in found)
    effects = [
        change.effect
        for one in found
        for change in one[0].changes
        if change.what is ChangeType.DISTRIBUTION
    ]
    assert np.mean(effects) == pytest.approx(0.25, abs=0.02)


def test_a_change_of_spread_alone_is_named(random: np.random.Generator) -> None:
    found = compare_features(
        pd.DataFrame({"x": random.normal(size=REFERENCE)}),
        pd.DataFrame({"x": random.normal(0, 1.6, 1000)}),
    )
    assert drifted(found) == {"x": ChangeType.DISTRIBUTION}


def test_a_tiny_shift_of_a_million_rows_is_no_news(random: np.random.Generator) -> None:
    reference = pd.DataFrame({"x": random.normal(size=1_000_000)})
    current = pd.DataFrame({"x": random.normal(0.02, 1, 1_000_000)})
    [one] = compare_features(reference, current)
    change = next(change for change in one.changes if change.what is ChangeType.DISTRIBUTION)
    assert change.p_value < 1e-6, "significant it is"
    assert not one.drifted


def test_missing_values_are_named(frame: Frame) -> None:
    current = frame(1000)
    current.loc[:80, "year"] = np.nan
    current.loc[:80, "state"] = None
    found = compare_features(frame(REFERENCE), current)
    assert drifted(found) == {"year": ChangeType.MISSING, "state": ChangeType.MISSING}


def test_a_column_that_is_gone_or_has_become_text_is_missing(frame: Frame) -> None:
    current = frame(1000).drop(columns="state").assign(year="unknown")
    found = drifted(compare_features(frame(REFERENCE), current))
    assert found == {"year": ChangeType.MISSING, "state": ChangeType.MISSING}


def test_a_category_never_seen_is_named_by_its_name(frame: Frame) -> None:
    current = frame(1000)
    current.loc[:30, "model"] = "brand new"
    found = compare_features(frame(REFERENCE), current)
    assert drifted(found) == {"model": ChangeType.NEVER_SEEN}
    [model] = [one for one in found if one.feature == "model"]
    assert model.changes[0].names[0] == "brand new"
    assert model.changes[0].effect == pytest.approx(0.031, abs=0.003)


def test_categories_never_seen_by_chance_are_no_news(random: np.random.Generator) -> None:
    """20,000 equally frequent levels: a month always has thousands that the reference lacks."""
    reference, current = (
        pd.DataFrame({"id": np.char.add("i", random.integers(0, 3000, rows).astype(str))})
        for rows in (4000, 1000)
    )
    assert drifted(compare_features(reference, current)) == {}


def test_changed_shares_of_categories_are_named(frame: Frame, random: np.random.Generator) -> None:
    current = frame(1000).assign(state=random.choice(["TX", "CA", "NY"], 1000, p=[0.5, 0.25, 0.25]))
    assert drifted(compare_features(frame(REFERENCE), current)) == {
        "state": ChangeType.DISTRIBUTION
    }


def test_new_words_are_named(random: np.random.Generator) -> None:
    def texts(rows: int, new: int = 0) -> pd.DataFrame:
        words = random.choice([f"w{place}" for place in range(300)], (rows, 6))
        found = [" ".join(line) for line in words]
        return pd.DataFrame(
            {
                "text": [
                    *found[new:],
                    *(f"zzz! {text[text.index(' ') + 1 :]}" for text in found[:new]),
                ]
            }
        )

    reference = summarise(texts(4000))
    assert reference["text"].kind is Kind.TEXT
    assert drifted(compare_features(reference, texts(1000))) == {}
    found = compare_features(reference, texts(1000, new=40))
    assert drifted(found) == {"text": ChangeType.WORDS}
    assert found[0].changes[0].names[0] == "zzz"
    assert found[0].changes[0].effect == pytest.approx(0.04)
    stored = FeatureSummary.from_json(json.loads(json.dumps(reference["text"].to_json())))
    assert drifted(compare_features({"text": stored}, texts(1000, new=40))) == {
        "text": ChangeType.WORDS
    }
    longer = texts(1000).assign(text=lambda rows: rows["text"] + " w1 w2 w3 w4")
    assert drifted(compare_features(reference, longer))["text"] in (
        ChangeType.LENGTH,
        ChangeType.WORDS,
    )


def test_the_correction_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@pytest.mark.parametrize(
    "odd", [[1, 2], {"a": 1}, 10**400, -1e308, float("inf"), "", "\x00", True, b"x", None, 1 + 2j]
)
@pytest.mark.parametrize("part", [0.01, 1.0])
def test_odd_values_are_no_accident(frame: Frame, odd: object, part: float) -> None:
    current = frame(300).astype(object)
    spoiled = int(part * len(current))
    for column in current:
        mixed = [odd] * spoiled + current[column].tolist()[spoiled:]
        current[column] = pd.Series(mixed, dtype=object)
    found = compare_features(frame(REFERENCE), current)
    assert len(found) == 5
    assert any(one.drifted for one in found) == (part == 1.0)
    scan = QualityScan({one.feature: one.kind for one in found}, label="year")
    scan.add(current)
    assert all(fault.rows == 300 for fault in scan.findings())


def test_an_empty_month_is_compared_without_a_verdict(frame: Frame) -> None:
    assert drifted(compare_features(frame(REFERENCE), frame(0))) == {}
    assert drifted(compare_features(frame(0), frame(100))) == {}
