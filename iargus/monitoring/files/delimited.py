"""Rows of a CSV or TSV file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from iargus.errors import DataError
from iargus.monitoring.drift.summary import Kind, Kinds
from iargus.monitoring.files.source import BATCH, SAMPLE, Batch, reading


class DelimitedSource:
    """See `source.Source`. The delimiter is a tab in files named .tsv, otherwise a comma."""

    index: Collection[str] = ()

    def __init__(self, path: Path) -> None:
        self.path = path
        self._delimiter = "\t" if ".tsv" in path.suffixes else ","
        with reading(path):
            self._size = path.stat().st_size
            if not self._size:
                raise DataError(f"{path}: the file is empty")
            header = pd.read_csv(path, sep=self._delimiter, nrows=0)
        if header.columns.empty:
            raise DataError(f"{path}: no columns")
        self.columns: dict[str, str | None] = dict.fromkeys(map(str, header.columns))

    def sample(self, names: Sequence[str]) -> pd.DataFrame:
        with reading(self.path):
            return pd.read_csv(
                self.path, sep=self._delimiter, nrows=SAMPLE, usecols=list(names), low_memory=False
            )

    def batches(self, names: Sequence[str], kinds: Kinds) -> Iterator[Batch]:
        # Nothing tells numbers from names of digits but the reference.
        words = {name: "str" for name in names if kinds.get(name, Kind.NUMBER) is not Kind.NUMBER}
        with (
            reading(self.path),
            self.path.open("rb") as file,
            pd.read_csv(
                file,
                sep=self._delimiter,
                usecols=list(names),
                dtype=words,
                chunksize=BATCH,
                low_memory=False,
                compression=_compression(self.path),
            ) as chunks,
        ):
            for frame in chunks:
                yield Batch(frame, min(1.0, file.tell() / self._size))


def _compression(path: Path) -> Literal["gzip", "bz2", "xz", "zstd"] | None:
    # pandas reads it from the name, which an open file does not give.
    match path.suffix:
        case ".gz":
            return "gzip"
        case ".bz2":
            return "bz2"
        case ".xz":
            return "xz"
        case ".zst":
            return "zstd"
    return None
