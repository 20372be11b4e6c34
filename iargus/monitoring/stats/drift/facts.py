"""A comparison of features as plain data, with what a picture of each change needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from iargus.monitoring.stats.drift.categories import CategorySummary
from iargus.monitoring.stats.drift.compare import Change, ChangeType, FeatureDrift, compare_features
from iargus.monitoring.stats.drift.numbers import NumberSummary
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, Summary
from iargus.monitoring.stats.drift.words import WordSummary

MOST_FEATURES = 200
MOST_PICTURES = 24
MOST_BARS = 10
_LONGEST_NAME = 60
_OTHERS = "all others"


@dataclass(frozen=True)
class Bar:
    """A part of a feature's values (a range, a category, a word) and the share of the rows that
    are in it, before and now."""

    name: str
    reference: float
    current: float


@dataclass(frozen=True)
class FeatureFacts:
    """A feature against the reference. `changes` are all comparisons, those that drifted first;
    `missing` are shares of the rows, before and now; `bars` are there for what has drifted."""

    feature: str
    kind: Kind
    drifted: bool
    changes: tuple[Change, ...]
    missing: tuple[float, float] = (0.0, 0.0)
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class DriftFacts:
    """The rows of a month against the reference window of the champion: the labelled rows that it
    was measured on and has not learned from.

    `features` are those that drifted, then the others, the surest first; at most
    `MOST_FEATURES` of the `compared` ones. With a `reason` nothing was compared.
    """

    reference_rows: int = 0
    reference_start: datetime | None = None
    reference_end: datetime | None = None
    rows: int = 0
    compared: int = 0
    features: tuple[FeatureFacts, ...] = ()
    reason: str | None = None

    @property
    def drifted(self) -> tuple[FeatureFacts, ...]:
        return tuple(feature for feature in self.features if feature.drifted)


def drift_facts(
    reference: Summary,
    current: Summary,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> DriftFacts:
    """Compare two summaries of the same columns.

    Args:
        start, end: the times of the reference's rows, UTC without a zone, where they are known.
    """
    compared = sorted(compare_features(reference, current), key=_surest_first)
    features = [
        _facts(drift, reference[drift.feature], current[drift.feature], pictured=place)
        for place, drift in enumerate(compared[:MOST_FEATURES])
    ]
    return DriftFacts(
        reference_rows=_rows(reference),
        reference_start=start,
        reference_end=end,
        rows=_rows(current),
        compared=len(compared),
        features=tuple(features),
    )


def _surest_first(drift: FeatureDrift) -> tuple[bool, float, float]:
    # The changes that drifted come first in what `compare_features` gives.
    if not drift.changes:
        return True, 1.0, 0.0
    first = drift.changes[0]
    return not drift.drifted, first.p_value, -first.effect


def _facts(
    drift: FeatureDrift, before: FeatureSummary, now: FeatureSummary, *, pictured: int
) -> FeatureFacts:
    is_pictured = drift.drifted and pictured < MOST_PICTURES
    return FeatureFacts(
        feature=drift.feature,
        kind=drift.kind,
        drifted=drift.drifted,
        changes=drift.changes,
        missing=(before.missing / max(before.rows, 1), now.missing / max(now.rows, 1)),
        bars=tuple(_bars(drift, before, now)) if is_pictured else (),
    )


def _rows(summary: Summary) -> int:
    return max((feature.rows for feature in summary.values()), default=0)


def _bars(drift: FeatureDrift, before: FeatureSummary, now: FeatureSummary) -> Iterable[Bar]:
    """What shows the change best: the words that changed, or the distribution."""
    words = [name for change in drift.changes if change.drifted for name in change.names]
    if before.words is not None and now.words is not None and words:
        yield from _word_bars(before.words, now.words, words)
    elif before.categories is not None and now.categories is not None:
        yield from _category_bars(before.categories, now.categories, _never_seen(drift))
    elif before.numbers is not None and now.numbers is not None:
        yield from _number_bars(before.numbers, now.numbers)
    if any(change.what is ChangeType.MISSING and change.drifted for change in drift.changes):
        yield Bar("missing", before.missing / max(before.rows, 1), now.missing / max(now.rows, 1))


def _never_seen(drift: FeatureDrift) -> list[str]:
    return [
        name
        for change in drift.changes
        if change.what is ChangeType.NEVER_SEEN and change.drifted
        for name in change.names
    ]


def _number_bars(before: NumberSummary, now: NumberSummary) -> Iterable[Bar]:
    """Ranges that hold a tenth of the reference's rows each; fewer where many values are equal."""
    if not before.rows or not now.rows:
        return
    cuts = np.unique([before.quantile(place / MOST_BARS) for place in range(1, MOST_BARS)])
    edges = np.r_[-np.inf, cuts, np.inf]
    shares = [_shares(summary, cuts) for summary in (before, now)]
    digits = _digits(cuts)
    for low, high, one, other in zip(edges[:-1], edges[1:], *shares, strict=True):
        if one or other:
            yield Bar(_range(low, high, digits), float(one), float(other))


def _shares(summary: NumberSummary, cuts: np.ndarray) -> np.ndarray:
    place = np.searchsorted(cuts, summary.values, side="left")
    held = np.bincount(place, summary.counts, len(cuts) + 1)
    return np.asarray(held / held.sum())


def _digits(cuts: np.ndarray) -> int:
    """How many decimals tell the cuts apart, at most six."""
    gaps = np.diff(cuts)
    least = float(gaps.min()) if gaps.size else abs(float(cuts[0])) or 1.0
    return int(np.clip(np.ceil(-np.log10(least)), 0, 6)) if least < 1 else 0


def _range(low: float, high: float, digits: int) -> str:
    if np.isneginf(low):
        return f"up to {_number(high, digits)}"
    if np.isposinf(high):
        return f"above {_number(low, digits)}"
    return f"{_number(low, digits)} – {_number(high, digits)}"


def _number(value: float, digits: int) -> str:
    rounded = round(value, digits) + 0.0  # no minus before a zero
    # Years have no comma.
    return f"{rounded:,.{digits}f}" if abs(rounded) >= 10_000 else f"{rounded:.{digits}f}"


def _category_bars(before: CategorySummary, now: CategorySummary, new: list[str]) -> Iterable[Bar]:
    """Categories never seen, then those whose share has changed most."""
    n, m = max(before.rows, 1), max(now.rows, 1)
    names = before.counts.keys() | now.counts.keys()
    change = {
        name: abs(now.counts.get(name, 0) / m - before.counts.get(name, 0) / n) for name in names
    }
    ranked = sorted(names, key=lambda name: (name not in new, -change[name], name))[:MOST_BARS]
    bars = [
        Bar(_short(name), before.counts.get(name, 0) / n, now.counts.get(name, 0) / m)
        for name in ranked
    ]
    yield from bars
    rest = [1 - sum(bar.reference for bar in bars), 1 - sum(bar.current for bar in bars)]
    if len(names) > MOST_BARS:
        yield Bar(_OTHERS, max(0.0, rest[0]), max(0.0, rest[1]))


def _word_bars(before: WordSummary, now: WordSummary, words: list[str]) -> Iterable[Bar]:
    n, m = max(before.rows, 1), max(now.rows, 1)
    for word in list(dict.fromkeys(words))[:MOST_BARS]:
        yield Bar(_short(word), before.counts.get(word, 0) / n, now.counts.get(word, 0) / m)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
