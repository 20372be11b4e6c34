"""One file, read once: a summary of its columns, and what its rows show besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.comparison.request import Request
from iargus.monitoring.comparison.row_errors import Vocabulary, row_errors
from iargus.monitoring.stats.drift.summary import Kinds, Summary, merge_all, summarise
from iargus.monitoring.stats.performance.segments import SegmentErrors
from iargus.monitoring.stats.performance.tally import ErrorTally
from iargus.monitoring.stats.quality.scan import QualityScan
from iargus.storage.labelled.repeats import EarlierRows, Repeats

_MOST_REPEATED = 0.5  # of a file's rows; where more are equal to others, that is the rule
_MARGIN = 1.5  # shares of equal rows across and within files do not grow quite alike


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


def repeats_of_files(reference: Scan, current: Scan) -> Repeats:
    """Repeats are left out, unless rows are equal by chance: then each is an observation.

    Advertisements that are posted again are equal within a file far more than across the two. Rows
    of a few categories are as often equal to one of the other file; leaving them out would make
    what is frequent rare, and more so in the larger file.
    """
    if not reference.rows or not current.rows or not (reference.repeated or current.repeated):
        return Repeats.LEFT_OUT
    small, large = sorted((reference, current), key=lambda scan: scan.rows)
    in_small, in_large = small.repeated / small.rows, large.repeated / large.rows
    if max(in_small, in_large) > _MOST_REPEATED:
        return Repeats.COUNTED
    across = small.seen.share_in(large.seen)
    # By chance a row is equal to any of the larger file up to twice as often as to one before it
    # there, and less often to one before it in the smaller file, as that has fewer rows.
    fewer = small.rows / large.rows
    by_chance = in_large <= _MARGIN * across and in_small <= 2 * _MARGIN * across * fewer
    return Repeats.COUNTED if by_chance else Repeats.LEFT_OUT
