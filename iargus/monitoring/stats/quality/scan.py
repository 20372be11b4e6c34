"""What is wrong with a month's rows, by name. Pure.

These are no statistics of drift: each finding is a fact that a person can look up and mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.monitoring.stats.drift.summary import Kind, Kinds
from iargus.monitoring.stats.quality.columns import LONGEST_TEXT, ColumnFaults
from iargus.monitoring.stats.quality.repeats import RepeatedRows
from iargus.monitoring.stats.quality.units import UnitScan


class Fault(StrEnum):
    NO_ROWS = "no rows"
    COLUMN_MISSING = "column missing"
    COLUMN_EMPTY = "column empty"
    TYPE_FLIP = "text in a column of numbers"
    NUMBERS_IN_WORDS = "numbers in a column of words"
    INFINITE = "infinite values"
    DUPLICATED = "repeated rows"
    LABEL_MISSING = "label missing"
    LABEL_IMPOSSIBLE = "impossible label"
    TEXT_TOO_LONG = "text too long"
    UNIT = "unit changed"
    FUTURE = "rows dated in the future"


@dataclass(frozen=True)
class Finding:
    """`count` of `rows` rows have this fault; `column` is None where it concerns whole rows."""

    fault: Fault
    column: str | None
    count: int
    rows: int
    detail: str = ""

    @property
    def share(self) -> float:
        return self.count / self.rows if self.rows else 1.0


@dataclass(frozen=True)
class UnitCheck:
    """A column whose unit is checked within groups of another; see `units.unit_reference`."""

    column: str
    group: str
    reference: Mapping[str, float]


class QualityScan:
    """Looks at a stream of rows, part by part; the parts may have any size.

    Args:
        kinds: what every feature was in the reference; `kind_of` or a stored summary tells.
        label: the name of the label's column.
        label_range: the least and the greatest possible label of a task that predicts numbers.
        units: columns to be checked for kilometres instead of miles, and the like.
        repeats: whether repeated rows are counted too; a caller may know them better.
    """

    def __init__(
        self,
        kinds: Kinds,
        *,
        label: str | None = None,
        label_range: tuple[float, float] | None = None,
        units: tuple[UnitCheck, ...] = (),
        repeats: bool = True,
    ) -> None:
        self._columns = {name: ColumnFaults(kind) for name, kind in kinds.items()}
        self._label, self._range = label, label_range
        self._units = [(check, UnitScan(check.reference)) for check in units]
        named = (*kinds, label) if label is not None and label not in kinds else tuple(kinds)
        self._repeated = RepeatedRows(named if repeats else ())
        self._rows = self._no_label = self._impossible = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows; a column that only some parts have is missing in the others."""
        if not len(frame):
            return
        self._rows += len(frame)
        for name, faults in self._columns.items():
            faults.add(frame.get(name), len(frame))
        self._repeated.add(frame)
        if self._label is not None and self._label in frame:
            self._add_labels(frame[self._label])
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
        repeated, one_in = self._repeated.count(), self._repeated.one_in
        how = "" if one_in == 1 else f"estimated from one row in {one_in}"
        yield Fault.DUPLICATED, None, repeated, how
        yield Fault.LABEL_MISSING, self._label, self._no_label, ""
        yield Fault.LABEL_IMPOSSIBLE, self._label, self._impossible, ""
        for check, scan in self._units:
            change = scan.change()
            if change is not None:
                how = f"{change.name}: {change.factor:.3g} times the history"
                yield Fault.UNIT, check.column, change.rows, how

    def _add_labels(self, column: pd.Series) -> None:
        present = column[column.notna()]
        self._no_label += len(column) - len(present)
        if self._range is not None:
            self._impossible += int((~numbers_of(present).between(*self._range)).sum())


def check_quality(
    rows: pd.DataFrame,
    kinds: Kinds,
    *,
    label: str | None = None,
    label_range: tuple[float, float] | None = None,
    units: tuple[UnitCheck, ...] = (),
) -> list[Finding]:
    """Name everything that is wrong with `rows`, all at once; see `QualityScan`."""
    scan = QualityScan(kinds, label=label, label_range=label_range, units=units)
    scan.add(rows)
    return scan.findings()
