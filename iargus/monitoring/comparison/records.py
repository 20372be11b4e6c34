"""Rows of formats that hold one record after another: JSON, JSON Lines, workbooks, Rasa."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import pandas as pd

from iargus.monitoring.comparison.number_style import styles_of, to_numbers
from iargus.monitoring.comparison.source import BATCH, SAMPLE, Batch, obstacles
from iargus.monitoring.stats.drift.summary import Kind, Kinds
from iargus.tables import Table
from iargus.tables.clean import Broken


class RecordSource:
    """See `source.Source`."""

    index: Collection[str] = ()

    def __init__(self, table: Table) -> None:
        self.path, self._table = table.path, table
        self._names = list(map(str, table.names))
        self.columns = obstacles(self._names)
        self.broken = Broken()
        first = next(self._frames(SAMPLE), pd.DataFrame(columns=self._names))
        for name, why in self.columns.items():
            if why is None and first[name].map(lambda v: isinstance(v, dict | list)).any():
                self.columns[name] = "nested values"
        texts = [n for n, why in self.columns.items() if why is None and _is_text(first[n])]
        self._styles = styles_of(first[texts])

    @property
    def understood(self) -> str:
        """How the file is read, for people."""
        return self._table.description()

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        frame = next(self._frames(SAMPLE), pd.DataFrame(columns=self._names))
        return to_numbers(frame[list(names)].infer_objects(), self._styles)

    def batches(self, names: Sequence[str], kinds: Kinds) -> Iterator[Batch]:
        size = max(self._table.size_bytes, 1)
        words = [name for name in names if kinds.get(name, Kind.NUMBER) is not Kind.NUMBER]
        styles = {name: style for name, style in self._styles.items() if name not in words}
        for whole in self._frames(BATCH):
            frame = whole[list(names)].infer_objects()
            for name in words:
                if not _is_text(frame[name]):
                    frame[name] = whole[name].map(str, na_action="ignore")
            yield Batch(to_numbers(frame, styles), min(1.0, self._table.bytes_read() / size))

    def _frames(self, rows: int) -> Iterator[pd.DataFrame]:
        self.broken = Broken()
        records = self._table.scan()
        while chunk := list(islice(records, rows)):
            good = []
            for record in chunk:
                if record.problem is None:
                    good.append(record.values)
                else:
                    self.broken.add(record, self._table.unit)
            if good:
                yield pd.DataFrame(good, columns=self._names, dtype=object)


def _is_text(column: pd.Series) -> bool:
    return bool(column.map(lambda value: isinstance(value, str)).any())
