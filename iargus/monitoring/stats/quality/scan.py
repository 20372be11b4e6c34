"""What is wrong with a month's rows, by name. Pure.

These are no statistics of drift: each finding is a fact that a person can look up and mend.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.monitoring.stats.drift.summary import Kind, Kinds
from iargus.monitoring.stats.quality.findings import Fault, Finding
from iargus.monitoring.stats.quality.units import UnitCheck, UnitScan

LONGEST_TEXT = 10_000  # characters


class ColumnFaults:
    """Counts of rows: `absent` are those of parts without the column, `flipped` have a text in a
    column of numbers or a number in a column of words, `example` being the first."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rows = self.absent = self.present = 0
        self.flipped = self.infinite = self.too_long = 0
        self.example = ""

    def add(self, column: pd.Series | None, rows: int) -> None:
        """Look at a further part; None when its rows lack the column."""
        if column is None:
            self.absent += rows
            return
        self.rows += rows
        present = column[column.notna()] if column.hasnans else column
        self.present += len(present)
        if present.empty:
            return
        if self.kind is Kind.NUMBER:
            self._numbers(present)
        elif isinstance(present.dtype, pd.CategoricalDtype):
            self._levels(present)
        else:
            self._words(present, np.ones(len(present), dtype=np.int64))

    def _numbers(self, present: pd.Series) -> None:
        numbers = numbers_of(present).to_numpy()
        self._flip(present, np.isnan(numbers))
        self.infinite += int(np.isinf(numbers).sum())

    def _levels(self, present: pd.Series) -> None:
        codes = present.cat.codes.to_numpy()
        counts = np.bincount(codes, minlength=len(present.cat.categories))
        # In the order of their first rows, for the example.
        used = pd.unique(codes)
        self._words(pd.Series(present.cat.categories[used]), counts[used])

    def _words(self, present: pd.Series, counts: NDArray[np.int64]) -> None:
        if present.dtype == bool:
            return
        if isinstance(present.dtype, pd.StringDtype):
            long = present.str.len().to_numpy(np.int64) > LONGEST_TEXT
        elif present.dtype == object:
            values = present.tolist()
            words = np.array([isinstance(value, str | bool) for value in values], dtype=bool)
            self._flip(present, ~words, counts)
            lengths = (len(value) if isinstance(value, str) else 0 for value in values)
            long = np.fromiter(lengths, np.int64, len(values)) > LONGEST_TEXT
        else:
            self._flip(present, np.ones(len(present), dtype=bool), counts)
            return
        self.too_long += int(counts[long].sum())

    def _flip(
        self,
        present: pd.Series,
        flipped: NDArray[np.bool_],
        counts: NDArray[np.int64] | None = None,
    ) -> None:
        if not flipped.any():
            return
        if not self.flipped:
            self.example = f"such as {str(present.iloc[int(flipped.argmax())])[:40]!r}"
        self.flipped += int(flipped.sum() if counts is None else counts[flipped].sum())


class QualityScan:
    """Looks at a stream of rows, part by part; the parts may have any size.

    Args:
        kinds: what every feature was in the reference; from `kind_of` or a stored summary.
        label: the name of the label's column.
        units: columns to be checked for kilometres instead of miles, and the like.
    """

    def __init__(
        self, kinds: Kinds, *, label: str | None = None, units: tuple[UnitCheck, ...] = ()
    ) -> None:
        self._columns = {name: ColumnFaults(kind) for name, kind in kinds.items()}
        self._label = label
        self._units = [(check, UnitScan(check.reference)) for check in units]
        self._rows = self._no_label = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows; a column that only some parts have is missing in the others."""
        if not len(frame):
            return
        self._rows += len(frame)
        for name, faults in self._columns.items():
            faults.add(frame.get(name), len(frame))
        if self._label is not None and self._label in frame:
            self._no_label += int(frame[self._label].isna().sum())
        for check, scan in self._units:
            if check.column in frame and check.group in frame:
                scan.add(frame[check.column], frame[check.group])

    def findings(self) -> list[Finding]:
        """Everything that is wrong so far; an empty list when nothing is."""
        if not self._rows:
            return [Finding(Fault.NO_ROWS, None, 0, 0)]
        return [
            Finding(fault, column, count, self._rows, detail)
            for fault, column, count, detail in self._found()
            if count
        ]

    def _found(self) -> Iterator[tuple[Fault, str | None, int, str]]:
        for name, faults in self._columns.items():
            yield Fault.COLUMN_MISSING, name, faults.absent, ""
            if not faults.present:
                yield Fault.COLUMN_EMPTY, name, faults.rows, ""
            number = faults.kind is Kind.NUMBER
            flip = Fault.TYPE_FLIP if number else Fault.NUMBERS_IN_WORDS
            yield flip, name, faults.flipped, faults.example
            yield Fault.INFINITE, name, faults.infinite, ""
            over = f"over {LONGEST_TEXT:,} characters"
            yield Fault.TEXT_TOO_LONG, name, faults.too_long, over
        yield Fault.LABEL_MISSING, self._label, self._no_label, ""
        for check, scan in self._units:
            change = scan.change()
            if change is not None:
                how = f"{change.name}: {change.factor:.3g} times the history"
                yield Fault.UNIT, check.column, change.rows, how
