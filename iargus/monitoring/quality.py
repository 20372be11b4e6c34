"""What is wrong with a month's rows, by name. Pure.

These are no statistics of drift: each finding is a fact that a person can look up and mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from iargus.monitoring.drift.reading import numbers_of
from iargus.monitoring.drift.summary import Kind, Kinds
from iargus.monitoring.units import unit_change

LONGEST_TEXT = 10_000  # characters


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


def check_quality(
    rows: pd.DataFrame,
    kinds: Kinds,
    *,
    label: str | None = None,
    label_range: tuple[float, float] | None = None,
    units: tuple[UnitCheck, ...] = (),
) -> list[Finding]:
    """Name everything that is wrong with `rows`; an empty list when nothing is.

    Args:
        kinds: what every feature was in the reference; `kind_of` or a stored summary tells.
        label: the name of the label's column.
        label_range: the least and the greatest possible label of a task that predicts numbers.
        units: columns to be checked for kilometres instead of miles, and the like.
    """
    count = len(rows)
    if not count:
        return [Finding(Fault.NO_ROWS, None, 0, 0)]
    found: list[Finding] = []
    for name, kind in kinds.items():
        if name in rows:
            found += (
                Finding(fault, name, n, count, how) for fault, n, how in _of(rows[name], kind)
            )
        else:
            found.append(Finding(Fault.COLUMN_MISSING, name, count, count))
    columns = [name for name in (*kinds, label) if name in rows]
    repeated = _repeated(rows[columns]) if columns else 0
    if repeated:
        found.append(Finding(Fault.DUPLICATED, None, repeated, count))
    if label is not None and label in rows:
        faults = _of_label(rows[label], label_range)
        found += (Finding(fault, label, n, count) for fault, n in faults if n)
    for check in units:
        if check.column in rows and check.group in rows:
            change = unit_change(check.reference, rows[check.column], rows[check.group])
            if change is not None:
                how = f"{change.name}: {change.factor:.3g} times the history"
                found.append(Finding(Fault.UNIT, check.column, change.rows, count, how))
    return found


def _of(column: pd.Series, kind: Kind) -> Iterator[tuple[Fault, int, str]]:
    present = column[column.notna()]
    if present.empty:
        yield Fault.COLUMN_EMPTY, len(column), ""
        return
    if kind is Kind.NUMBER:
        numbers = numbers_of(present)
        flipped = present[numbers.isna()]
        if len(flipped):
            yield Fault.TYPE_FLIP, len(flipped), f"such as {str(flipped.iloc[0])[:40]!r}"
        infinite = int(np.isinf(numbers).sum())
        if infinite:
            yield Fault.INFINITE, infinite, ""
        return
    strings = present.map(lambda value: isinstance(value, str))
    if kind is Kind.TEXT or present.dtype != bool:
        flipped = present[~strings & ~present.map(lambda value: isinstance(value, bool))]
        if len(flipped):
            yield Fault.NUMBERS_IN_WORDS, len(flipped), f"such as {str(flipped.iloc[0])[:40]!r}"
    too_long = int((present[strings].map(len) > LONGEST_TEXT).sum())
    if too_long:
        yield Fault.TEXT_TOO_LONG, too_long, f"over {LONGEST_TEXT:,} characters"


def _of_label(
    column: pd.Series, possible: tuple[float, float] | None
) -> Iterator[tuple[Fault, int]]:
    yield Fault.LABEL_MISSING, int(column.isna().sum())
    if possible is not None:
        numbers = numbers_of(column[column.notna()])
        yield Fault.LABEL_IMPOSSIBLE, int((~numbers.between(*possible)).sum())


def _repeated(rows: pd.DataFrame) -> int:
    try:
        return int(rows.duplicated().sum())
    except TypeError:  # a value that has no hash, such as a list
        return int(rows.astype(str).duplicated().sum())
