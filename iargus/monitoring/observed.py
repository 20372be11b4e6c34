"""What a month's rows show beside the verdict: warnings and places to look at. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from iargus.monitoring.stats.drift.facts import DriftFacts
from iargus.monitoring.stats.performance.segments import SegmentError
from iargus.monitoring.stats.quality.findings import Finding
from iargus.storage.labelled.repeats import Repeats


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
