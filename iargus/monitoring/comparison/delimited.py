"""Rows of a delimited text: found and checked by `iargus.tables`, made columns of by pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pandas as pd

from iargus.monitoring.comparison.number_style import NumberStyle, styles_of, to_numbers
from iargus.monitoring.comparison.source import BATCH, SAMPLE, Batch, obstacles, reading
from iargus.monitoring.stats.drift.summary import Kind, Kinds
from iargus.tables import Table
from iargus.tables.clean import Broken, CleanText
from iargus.tables.lines import TextLines


class DelimitedSource:
    """See `source.Source`."""

    index: Collection[str] = ()

    def __init__(self, table: Table) -> None:
        self.path, self._table = table.path, table
        # As pandas calls what has no name.
        names = [name or f"Unnamed: {place}" for place, name in enumerate(table.names)]
        self._names = names
        self.columns = obstacles(names)
        self.broken = Broken()
        self._styles: dict[str, NumberStyle] = {}
        readable = [name for name, why in self.columns.items() if why is None]
        if readable:
            sample = self._read(readable, dict.fromkeys(readable, "str"), SAMPLE)
            self._styles = styles_of(next(sample, pd.DataFrame(columns=readable)))

    @property
    def understood(self) -> str:
        """How the file is read, for people."""
        told = [f"{name}: {style.shown}" for name, style in list(self._styles.items())[:3]]
        return "; ".join((self._table.description(), *told))

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        chunks = self._read(names, self._texts(names), SAMPLE)
        return to_numbers(next(chunks, pd.DataFrame(columns=list(names))), self._styles)

    def batches(self, names: Sequence[str], kinds: Kinds) -> Iterator[Batch]:
        # Nothing tells numbers from names of digits but the reference.
        words = {name: "str" for name in names if kinds.get(name, Kind.NUMBER) is not Kind.NUMBER}
        styles = {name: style for name, style in self._styles.items() if name not in words}
        size = max(self._table.size_bytes, 1)
        for frame in self._read(names, words | self._texts(names), BATCH):
            yield Batch(to_numbers(frame, styles), min(1.0, self._table.bytes_read() / size))

    def _texts(self, names: Sequence[str]) -> dict[str, str]:
        return {name: "str" for name in names if name in self._styles}

    def _read(
        self, names: Sequence[str], types: dict[str, str], rows: int
    ) -> Iterator[pd.DataFrame]:
        layout = self._table.details
        text = CleanText(
            TextLines(self._table.content, layout.codec),
            layout.dialect,
            len(self._names),
            header=self._table.has_header,
        )
        self.broken = text.broken
        places = [self._names.index(name) for name in names]
        if not places:
            return
        stream: Any = text
        kinds: Any = {self._names.index(name): kind for name, kind in types.items()}
        with reading(self.path):
            try:
                chunks: Any = pd.read_csv(
                    stream,
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
