"""What a month's rows show beside the verdict: warnings and places to look at. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from iargus.storage.labelled.repeats import Repeats
from iargus.monitoring.stats.drift.compare import Change
from iargus.monitoring.stats.drift.summary import Kind
from iargus.monitoring.stats.quality.scan import Finding


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
class RepeatFacts:
    """What was done with the rows that repeat an earlier one; see `labelled.repeats`.

    `repeated` of `rows` rows do so; `how` says whether they were left out of the error, of drift
    and of segments. The reference was treated alike: the share `reference` of its rows did so,
    where that is known. `of_files` when two files were compared, each within itself.
    """

    how: Repeats
    rows: int
    repeated: int
    reference: float | None = None
    of_files: bool = False


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


@dataclass(frozen=True)
class SegmentError:
    """The champion's error, a share of one, on the rows of a segment such as `make=ford`.
    `interval` holds the true one with 95 % confidence."""

    segment: str
    rows: int
    error: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class EstimateFacts:
    """The probable error of predictions of the month, whose labels may not have come yet; see
    `unlabelled.Estimate`. With a `reason` nothing was estimated. `repeated` further predictions
    were left out: their input repeats that of an earlier one, or of an earlier labelled row."""

    error: float | None = None
    interval: tuple[float, float] | None = None
    rows: int = 0
    beyond: float = 0.0
    warns: bool = False
    reason: str | None = None
    repeated: int = 0


@dataclass(frozen=True)
class Observed:
    """`segments` are the worst ones of enough rows, the worst first. `serious` quality findings
    are those that a person should look at now; `quality` holds all."""

    drift: DriftFacts | None = None
    quality: tuple[Finding, ...] = ()
    serious: tuple[Finding, ...] = ()
    segments: tuple[SegmentError, ...] = ()
    estimate: EstimateFacts | None = None
    repeats: RepeatFacts | None = None
