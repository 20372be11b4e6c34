"""Which labelled rows count: each content once, where it appears first. Pure.

An advertisement that is posted again is no second observation: a model that has learned it prices
it from memory, and a row that counts ten times makes bounds too narrow. So a row that repeats an
earlier one (the same features, and the same label) is left out, whether the earlier one was
learned from, judged in an earlier month, or stands in the same window.

This one rule holds wherever a model is measured or rows are compared: the part that a training
measures on, which becomes the reference of its version; the rows of a month, with its error, its
segments and its drift; the contest of two models; and, by their features alone, the predictions
that wait for their labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.storage.labelled.row_bits import Bits, bits_of_rows

LABEL = "label"


class Repeats(StrEnum):
    """What was done with repeats where a reference was made; what is compared with it does the
    same."""

    LEFT_OUT = "left out"
    OWN_COUNTED = "own counted"  # by versions of IArgus that left out repeats of learned rows only
    COUNTED = "counted"  # in files of so few columns that equal rows are nothing special


class EarlierRows:
    """The content of the rows that came before, 8 bytes for each.

    Args:
        columns: what makes two rows the same: the features, and the label where there is one.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        # Sorted runs, each at least twice as long as the next: adding costs little.
        self._runs: list[Bits] = []

    def remember(self, rows: pd.DataFrame) -> None:
        """Take rows for earlier ones."""
        self._add(np.unique(bits_of_rows(rows, self._columns)))

    def repeated(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Which of `rows` repeat an earlier row; rows of the same table are not looked at."""
        return self._known(bits_of_rows(rows, self._columns))

    def first(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Which of `rows`, in their order, repeat neither an earlier row nor one before them in
        the table; from now on all of them are earlier rows."""
        distinct, place = np.unique(bits_of_rows(rows, self._columns), return_index=True)
        new = ~self._known(distinct)
        chosen = np.zeros(len(rows), dtype=bool)
        chosen[place[new]] = True
        self._add(distinct[new])
        return chosen

    def share_in(self, other: EarlierRows) -> float:
        """How much of the content seen here was seen by `other` as well; 0 without any."""
        seen = sum(len(run) for run in self._runs)
        return sum(int(other._known(run).sum()) for run in self._runs) / seen if seen else 0.0

    def _known(self, bits: Bits) -> NDArray[np.bool_]:
        found = np.zeros(len(bits), dtype=bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, bits), len(run) - 1)
            found |= run[place] == bits
        return found

    def _add(self, distinct: Bits) -> None:
        if not len(distinct):
            return
        self._runs.append(distinct)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.unique(np.concatenate([self._runs[-1], last]))


def left_out(repeated: int) -> str:
    """`1,077 repeats of earlier rows left out`; empty when there are none."""
    if not repeated:
        return ""
    return f"{repeated:,} {'repeat' if repeated == 1 else 'repeats'} of earlier rows left out"


def in_brackets(repeated: int) -> str:
    """The same behind a number of rows."""
    return f" ({left_out(repeated)})" if repeated else ""
