"""Rows that were checked and wait until the whole file was: nothing is stored of a file that is
refused."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from iargus.training.importers.convert import Converted


class StagedRows:
    """Rows in chunks, in a file without a name, which is gone with the process however it ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._chunks = 0
        self.count = 0
        self.close = self._file.close

    def put(self, rows: Sequence[Converted]) -> None:
        """Add a chunk."""
        pickle.dump(rows, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self._chunks += 1
        self.count += len(rows)

    def chunks(self) -> Iterator[Sequence[Converted]]:
        """All chunks in order."""
        self._file.seek(0)
        for _ in range(self._chunks):
            # Nobody else can reach this file.
            yield pickle.load(self._file)  # noqa: S301
