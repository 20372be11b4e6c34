"""What is wrong with the values of a column, counted over a stream of its parts. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.monitoring.stats.drift.summary import Kind

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
