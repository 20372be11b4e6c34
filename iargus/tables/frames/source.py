"""A file of rows as data frames, read in parts, so that it may be larger than memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa

from iargus.errors import DataError
from iargus.tables.frames.number_texts import as_numbers
from iargus.tables.table import BrokenRows, Table

BATCH_ROWS = 65_536
SAMPLE_ROWS = 10_000  # the first ones, which decide how a column is read


class FrameSource(ABC):
    """
    Attributes:
        columns: why each column cannot be read as numbers, categories or texts, or None.
        index: columns that the file itself calls an index.
        broken: the rows that were left out by the last pass.
    """

    index: Collection[str] = ()

    def __init__(self, table: Table, names: list[str]) -> None:
        self.path, self._table, self._names = table.path, table, names
        self.columns: dict[str, str | None] = {
            name: "two columns of this name" if count > 1 else None
            for name, count in Counter(names).items()
        }
        self.broken = BrokenRows(table.unit)
        self._signs: Mapping[str, str] = {}

    @property
    def understood(self) -> str:
        """The format and how it is read, for people."""
        shown = [f"{name}: decimal {sign!r}" for name, sign in list(self._signs.items())[:3]]
        return "; ".join((self._table.description(), *shown))

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        """The first rows."""
        return as_numbers(self._first(names, {}), self._signs)

    def batches(
        self, names: Sequence[str], texts: Mapping[str, bool]
    ) -> Iterator[tuple[pd.DataFrame, float]]:
        """All rows in parts, each with the share of the file that is read with it. `texts` says of
        columns whether they are going to be used as texts, or as numbers."""
        signs = {name: sign for name, sign in self._signs.items() if not texts.get(name)}
        size = max(self._table.size_bytes, 1)
        for frame in self._frames(names, texts, BATCH_ROWS):
            yield as_numbers(frame, signs), min(1.0, self._table.bytes_read() / size)

    def _first(self, names: Sequence[str], texts: Mapping[str, bool]) -> pd.DataFrame:
        empty = pd.DataFrame(columns=list(names))
        return next(self._frames(names, texts, SAMPLE_ROWS), empty)

    @abstractmethod
    def _frames(
        self, names: Sequence[str], texts: Mapping[str, bool], rows: int
    ) -> Iterator[pd.DataFrame]:
        """All rows, so many at a time."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Name the file in whatever goes wrong with it.

    Raises:
        DataError: it cannot be read.
    """
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, EOFError) as error:
        # An OSError has the reason alone there; the first line of others says enough.
        reason = getattr(error, "strerror", None) or (str(error).strip() or repr(error))
        raise DataError(f"{path}: {reason.splitlines()[0][:300]}") from error
