"""One file, read once: a summary of its columns, and what its rows show besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.comparison.classes import Vocabulary
from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.row_errors import row_errors
from iargus.monitoring.comparison.source import Source
from iargus.monitoring.stats.drift.summary import Kinds, Summary, merge_all, summarise
from iargus.monitoring.stats.performance.segments import SegmentErrors
from iargus.monitoring.stats.performance.tally import ErrorTally
from iargus.monitoring.stats.quality.scan import QualityScan
from iargus.storage.labelled.repeats import EarlierRows, Repeats

Seen = Callable[[Source, float, int], None]
"""Told after each part: the file, how much of it is read, and the rows of the part."""


class Scan:
    """What is known of a file so far.

    Rows that repeat an earlier one of the file are kept apart: whether they count is known only
    when both files are read.

    Args:
        same: the columns by which a row repeats another, the same ones in both files.

    Attributes:
        rows: how many there are, of which `repeated` repeat an earlier one; `set_aside` have no
            error, of which `incomplete` lack the label or the prediction.
        vocabulary: the classes that labels and predictions name.
        seen: the content of the rows.
    """

    def __init__(
        self,
        request: Request,
        kinds: Kinds,
        *,
        classes: bool,
        labels: bool,
        same: Sequence[str] = (),
    ) -> None:
        self._request, self._kinds, self._classes = request, kinds, classes
        self._errors = labels and request.has_errors
        self._first, self._all = Part(), Part()
        self._repeats: Summary = {}
        self.seen = EarlierRows(same or tuple(kinds))
        self.quality = QualityScan(kinds, label=request.label if labels else None)
        self.vocabulary = Vocabulary()
        self.rows = self.repeated = self.set_aside = self.incomplete = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows."""
        first = self.seen.first(frame)
        self.rows += len(frame)
        self.repeated += len(frame) - int(first.sum())
        self.quality.add(frame)
        kept = frame if first.all() else frame[first]
        self._first.columns = _merged(self._first.columns, summarise(kept, self._kinds))
        if len(kept) < len(frame):
            self._repeats = _merged(self._repeats, summarise(frame[~first], self._kinds))
        if self._errors:
            self._add_errors(frame, first)

    def part(self, repeats: Repeats) -> Part:
        """What the rows that count show."""
        if repeats is Repeats.LEFT_OUT:
            return self._first
        self._all.columns = _merged(self._first.columns, self._repeats)
        return self._all

    def _add_errors(self, frame: pd.DataFrame, first: NDArray[np.bool_]) -> None:
        labels, said = frame[self._request.label], frame[self._request.prediction]
        errors, usable = row_errors(
            labels,
            said,
            classes=self._classes,
            cutoff=self._request.cutoff,
            vocabulary=self.vocabulary,
        )
        self.set_aside += len(frame) - len(errors)
        self.incomplete += int((labels.isna() | said.isna()).sum())
        segments = {name: frame.loc[usable, name] for name in self._request.segments}
        self._all.add_errors(segments, errors)
        kept = first[usable]
        own = {name: each[kept] for name, each in segments.items()}
        self._first.add_errors(own, errors[kept])


@dataclass
class Part:
    """Rows summarised: a summary of each feature, and the errors of the rows that have one."""

    columns: Summary = field(default_factory=dict)
    tally: ErrorTally = field(default_factory=ErrorTally)
    segments: SegmentErrors = field(default_factory=SegmentErrors)

    @property
    def rows(self) -> int:
        return max((each.rows for each in self.columns.values()), default=0)

    def add_errors(self, segments: Mapping[str, pd.Series], errors: NDArray[np.float64]) -> None:
        self.tally.add(errors)
        if segments:
            self.segments.add(segments, errors)


def _merged(before: Summary, part: Summary) -> Summary:
    return merge_all([before, part]) if before and part else before or part


def read_all(
    source: Source, scan: Scan, names: Sequence[str], kinds: Kinds, *, seen: Seen, stop: Event
) -> None:
    """Read the whole file into `scan`, or until `stop` is set.

    Raises:
        DataError: it cannot be read.
    """
    for batch in source.batches(names, kinds):
        if stop.is_set():
            return
        scan.add(batch.frame)
        seen(source, batch.done, len(batch.frame))
