"""How many rows of a stream are repeats of others, in memory that does not grow with it. Pure.

A row becomes 64 bits, so that 24 bytes or 24 kilobytes of it cost the same. Up to `MOST_KEPT` rows
are counted exactly; beyond, only rows whose bits end in zeros are kept, one in 2, in 4 and so on
(Wegman's adaptive sampling, see Flajolet 1990, Computing 43, 391). Repeats have the same bits, so
they are kept together, and their number times 2, 4 and so on is unbiased.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from iargus.storage.labelled.row_bits import Bits, bits_of_rows

MOST_KEPT = 2**21  # rows: 16 MiB


class RepeatedRows:
    """Counts the rows that were there before; `one_in` is 1 as long as the count is exact."""

    def __init__(self, columns: tuple[str, ...], *, most_kept: int = MOST_KEPT) -> None:
        self._columns = columns
        self._most_kept = most_kept
        self._kept: list[Bits] = []
        self._size = 0
        self.one_in = 1

    def add(self, frame: pd.DataFrame) -> None:
        """Look at further rows; a column that is not there is missing in all of them."""
        if not any(name in frame for name in self._columns):
            return
        bits = bits_of_rows(frame, self._columns)
        self._keep(bits if self.one_in == 1 else self._sampled(bits))
        while self._size > self._most_kept:
            self.one_in *= 2
            self._kept = [self._sampled(np.concatenate(self._kept))]
            self._size = len(self._kept[0])

    def count(self) -> int:
        """How many rows are repeats of an earlier one."""
        if not self._size:
            return 0
        self._kept = [np.concatenate(self._kept)]
        [bits] = self._kept
        bits.sort()
        return self.one_in * int((bits[1:] == bits[:-1]).sum())

    def _keep(self, bits: Bits) -> None:
        self._kept.append(bits)
        self._size += len(bits)

    def _sampled(self, bits: Bits) -> Bits:
        chosen: Bits = bits[bits & np.uint64(self.one_in - 1) == 0]
        return chosen
