"""Rows of a delimited text: found and checked as everywhere, made columns of by pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from iargus.tables.frames.number_texts import decimal_signs
from iargus.tables.frames.source import FrameSource, reading
from iargus.tables.table import Table


class DelimitedSource(FrameSource):
    def __init__(self, table: Table) -> None:
        # As pandas calls what has no name.
        names = [name or f"Unnamed: {place}" for place, name in enumerate(table.names)]
        super().__init__(table, names)
        readable = [name for name, why in self.columns.items() if why is None]
        self._signs = decimal_signs(self._first(readable, dict.fromkeys(readable, True)))

    def _frames(
        self, names: Sequence[str], texts: Mapping[str, bool], rows: int
    ) -> Iterator[pd.DataFrame]:
        assert self._table.clean_text is not None
        text = self._table.clean_text()
        self.broken = text.broken
        places = [self._names.index(name) for name in names]
        if not places:
            return
        # Nothing tells numbers from names of digits but how they are going to be used.
        words = [name for name in names if texts.get(name) or name in self._signs]
        kinds: Any = {self._names.index(name): "str" for name in words}
        with reading(self.path):
            try:
                chunks: Any = pd.read_csv(
                    text,
                    sep=text.separator,
                    header=None,
                    names=range(len(self._names)),
                    usecols=places,
                    dtype=kinds,
                    quoting=0 if text.is_quoted else 3,
                    chunksize=rows,
                    low_memory=False,
                    index_col=False,
                )
            except pd.errors.EmptyDataError:
                return
            with chunks:
                for frame in chunks:
                    frame.columns = pd.Index([self._names[place] for place in frame.columns])
                    yield frame[list(names)]
