"""Which features have changed, and how: significant after correction, and large. Pure.

Significance alone fires on every change at a million rows; size alone fires on noise at three
hundred. News is what passes both, and it warns: only errors on labels ask for a retraining.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from iargus.monitoring.stats.drift.categories import compare_categories, never_seen
from iargus.monitoring.stats.drift.homogeneity import shares_differ
from iargus.monitoring.stats.drift.numbers import compare_numbers
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, Summary, summarise
from iargus.monitoring.stats.drift.words import compare_words

ALPHA = 0.002  # a month, over all features together; 2.4 % a year


class ChangeType(StrEnum):
    """What of a feature has changed, and so the unit of the effect."""

    DISTRIBUTION = "distribution"  # standard deviations
    MISSING = "missing values"  # share of the rows, as all that follow
    NEVER_SEEN = "categories never seen"
    LENGTH = "length of the texts"  # standard deviations
    WORDS = "words"


MINIMUM_EFFECTS: Mapping[ChangeType, float] = {
    ChangeType.DISTRIBUTION: 0.1,  # standard deviations, see `TableTest`
    ChangeType.LENGTH: 0.1,
    ChangeType.MISSING: 0.02,  # share of the rows
    ChangeType.NEVER_SEEN: 0.02,
    ChangeType.WORDS: 0.01,  # share of the texts
}
"""The smallest effects that are news."""


@dataclass(frozen=True)
class Change:
    """One way in which a feature was compared; `p_value` is corrected over all ways and features,
    `names` are the words or categories concerned."""

    what: ChangeType
    p_value: float
    effect: float
    floor: float
    drifted: bool
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeatureDrift:
    """One feature; `changes` are all comparisons made, those that drifted first."""

    feature: str
    kind: Kind
    drifted: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Raw:
    feature: str
    what: ChangeType
    p_value: float
    effect: float
    names: tuple[str, ...] = ()


def compare_features(
    reference: pd.DataFrame | Summary, current: pd.DataFrame | Summary
) -> list[FeatureDrift]:
    """Compare the columns of a month with those of the reference, both whole or summarised.

    Columns of `current` are read as what they are in the reference; others are passed over. In
    months without any change, something is named in at most the share `ALPHA` of them.
    """
    before = summarise(reference) if isinstance(reference, pd.DataFrame) else reference
    kinds = {name: summary.kind for name, summary in before.items()}
    now = summarise(current, kinds) if isinstance(current, pd.DataFrame) else current
    raw = [one for name in before for one in _compare(name, before[name], now[name])]
    corrected = holm([one.p_value for one in raw])
    changes: dict[str, list[Change]] = {name: [] for name in before}
    for one, p_value in zip(raw, corrected, strict=True):
        least = MINIMUM_EFFECTS[one.what]
        drifted = p_value <= ALPHA and one.effect >= least
        change = Change(one.what, p_value, one.effect, least, drifted, one.names)
        changes[one.feature].append(change)
    return [
        FeatureDrift(
            name,
            kinds[name],
            any(change.drifted for change in of_one),
            tuple(sorted(of_one, key=lambda change: (not change.drifted, change.p_value))),
        )
        for name, of_one in changes.items()
    ]


def holm(p_values: list[float]) -> list[float]:
    """P-values corrected for their number (Holm 1979, Scand. J. Stat. 6, 65)."""
    order = np.argsort(p_values, kind="stable")
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[int(place)] = highest
    return corrected


def _compare(name: str, reference: FeatureSummary, current: FeatureSummary) -> Iterator[_Raw]:
    if reference.kind is not current.kind:
        raise ValueError(f"{name} is a {reference.kind} here and a {current.kind} there")
    n, m = reference.rows, current.rows
    if n and m:
        before, now = np.array([float(reference.missing)]), np.array([float(current.missing)])
        p_value = float(shares_differ(before, n, now, m)[0])
        effect = abs(current.missing / m - reference.missing / n)
        yield _Raw(name, ChangeType.MISSING, p_value, effect)
    if reference.numbers is not None and current.numbers is not None:
        what = ChangeType.DISTRIBUTION if reference.kind is Kind.NUMBER else ChangeType.LENGTH
        test = compare_numbers(reference.numbers, current.numbers)
        yield _Raw(name, what, test.p_value, test.effect)
    if reference.categories is not None and current.categories is not None:
        test = compare_categories(reference.categories, current.categories)
        yield _Raw(name, ChangeType.DISTRIBUTION, test.p_value, test.effect)
        new = never_seen(reference.categories, current.categories)
        yield _Raw(name, ChangeType.NEVER_SEEN, new.p_value, new.excess, new.levels)
    if reference.words is not None and current.words is not None:
        change = compare_words(
            reference.words, current.words, floor=MINIMUM_EFFECTS[ChangeType.WORDS]
        )
        yield _Raw(name, ChangeType.WORDS, change.p_value, change.effect, change.words)
