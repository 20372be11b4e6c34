"""The rows that were not taken, with their reason, in a file under `var/rejected`."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from iargus.training.importers.records import Record


class RejectedRows:
    """Writes beside the final name and takes it at the end; without rows there is no file.

    Used as a context: what an interrupted import has rejected so far is thrown away.
    """

    def __init__(self, path: Path, *, names: Sequence[str], unit: str) -> None:
        self.path = path
        self.reasons: Counter[str] = Counter()
        self._header = [unit, "reason", *names]
        self._draft = path.with_name(f".{path.name}.{os.getpid()}")
        self._file: TextIO | None = None
        self._writer: Any = None

    def add(self, record: Record, reason: str, detail: str) -> None:
        """Keep a row as it was in the file."""
        self.reasons[reason] += 1
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A JSON text may hold half a character, which UTF-8 cannot.
            self._file = self._draft.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._header)
        raw = ["" if value is None else value for value in record.values]
        self._writer.writerow([record.position, detail, *raw])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        if kind is not None:
            self._draft.unlink(missing_ok=True)
        elif self._file is not None:
            self._draft.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)
