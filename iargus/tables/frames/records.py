"""Rows of formats that hold one record after another: JSON, JSON Lines, workbooks, Rasa."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import pandas as pd

from iargus.tables.frames.number_texts import decimal_signs
from iargus.tables.frames.source import FrameSource
from iargus.tables.table import BrokenRows, Table


class RecordSource(FrameSource):
    def __init__(self, table: Table) -> None:
        super().__init__(table, list(map(str, table.names)))
        first = self._first([name for name, why in self.columns.items() if why is None], {})
        for name in first.columns:
            if _any_of(first[name], dict, list):
                self.columns[name] = "nested values"
        texts = [n for n in first.columns if self.columns[n] is None and _any_of(first[n], str)]
        self._signs = decimal_signs(first[texts])

    def _frames(
        self, names: Sequence[str], texts: Mapping[str, bool], rows: int
    ) -> Iterator[pd.DataFrame]:
        self.broken = BrokenRows(self._table.unit)
        records = self._table.read()
        while chunk := list(islice(records, rows)):
            good = [each.values for each in chunk if each.problem is None]
            for each in chunk:
                if each.problem is not None:
                    self.broken.add(each)
            if good:
                whole = pd.DataFrame(good, columns=self._names, dtype=object)[list(names)]
                frame = whole.infer_objects()
                for name in names:
                    if texts.get(name) and not _any_of(frame[name], str):
                        frame[name] = whole[name].map(str, na_action="ignore")
                yield frame


def _any_of(column: pd.Series, *types: type) -> bool:
    return bool(column.map(lambda value: isinstance(value, types)).any())
