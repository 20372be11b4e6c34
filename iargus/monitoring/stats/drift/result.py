"""What a comparison of features has found, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from iargus.monitoring.stats.drift.compare import Change
from iargus.monitoring.stats.drift.summary import Kind


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
    `drift_facts.MOST_FEATURES` of the `compared` ones. With a `reason` nothing was compared.
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
