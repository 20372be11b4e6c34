"""One file, read once: a summary of its columns, and what its rows show besides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

import pandas as pd

from iargus.monitoring.drift.summary import FeatureSummary, Kinds, summarise
from iargus.monitoring.files.classes import Vocabulary
from iargus.monitoring.files.request import Request
from iargus.monitoring.files.row_errors import row_errors
from iargus.monitoring.files.source import Source
from iargus.monitoring.performance.segment_errors import SegmentErrors
from iargus.monitoring.performance.tally import ErrorTally
from iargus.monitoring.quality.scan import QualityScan

Seen = Callable[[Source, float, int], None]
"""Told after each part: the file, how much of it is read, and the rows of the part."""


class Scan:
    """What is known of a file so far.

    Attributes:
        columns: a summary of each feature.
        tally: the errors of the rows that have one; `set_aside` have none, of which
            `incomplete` lack the label or the prediction.
        vocabulary: the classes that labels and predictions name.
    """

    def __init__(self, request: Request, kinds: Kinds, *, classes: bool, labels: bool) -> None:
        self._request, self._kinds, self._classes = request, kinds, classes
        self._errors = labels and request.has_errors
        self.columns: dict[str, FeatureSummary] = {}
        self.quality = QualityScan(kinds, label=request.label if labels else None)
        self.tally, self.segments = ErrorTally(), SegmentErrors()
        self.vocabulary = Vocabulary()
        self.rows = self.set_aside = self.incomplete = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows."""
        self.rows += len(frame)
        part = summarise(frame, self._kinds)
        self.columns = {
            name: self.columns[name].merge(each) if name in self.columns else each
            for name, each in part.items()
        }
        self.quality.add(frame)
        if self._errors:
            self._add_errors(frame)

    def _add_errors(self, frame: pd.DataFrame) -> None:
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
        self.tally.add(errors)
        if self._request.segments:
            divisions = {name: frame.loc[usable, name] for name in self._request.segments}
            self.segments.add(divisions, errors)


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
