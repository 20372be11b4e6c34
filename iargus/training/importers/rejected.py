"""The rows that were not taken, with their reason, in a file under `var/rejected`."""

from __future__ import annotations

import csv
import filecmp
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from iargus.atomic_write import claim_name, draft_beside
from iargus.training.importers.candidate import RowRejected
from iargus.training.importers.records import Record

MAX_SHOWN_CHARS = 60


@dataclass(frozen=True)
class Example:
    """The first row that was rejected for a reason: where it is, what is wrong, which option may
    mend it."""

    where: str
    detail: str
    value: str | None
    option: str | None


class RejectedRows:
    """Writes beside its final name, which it takes with `keep`; without rows there is no file.

    Files of earlier imports stay: the name gets a number where it is taken by other rows. Used as
    a context: what was not kept, because the import was interrupted, is thrown away.
    """

    def __init__(self, folder: Path, name: str, *, names: Sequence[str], unit: str) -> None:
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, Example] = {}
        self._folder, self._name, self._unit = folder, name, unit
        self._header = [unit, "reason", *names]
        self._draft = draft_beside(folder / name)
        self._file: TextIO | None = None
        self._writer: Any = None

    def add(self, record: Record, error: RowRejected) -> None:
        """Keep a row as it was in the file."""
        self.reasons[error.reason] += 1
        detail = str(error)
        if error.reason not in self.examples:
            value = None if error.value is None else _shown(error.value)
            where = f"{self._unit} {record.position}"
            self.examples[error.reason] = Example(where, detail, value, error.option)
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # A JSON text may hold half a character, which UTF-8 cannot.
            self._file = self._draft.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._header)
        raw = ["" if value is None else value for value in record.values]
        self._writer.writerow([record.position, detail, *raw])

    def keep(self) -> Path | None:
        """Close the file and give it its final name; None where no row was rejected."""
        if self._file is None:
            return None
        self._file.close()
        self._file = None
        for number in count(1):
            mark = "" if number == 1 else f"-{number}"
            path = self._folder / f"{self._name}.rejected{mark}.csv"
            try:
                claim_name(self._draft, path)
            except FileExistsError:
                if not filecmp.cmp(self._draft, path, shallow=False):
                    continue
            self._draft.unlink()
            return path
        raise AssertionError("count never ends")

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
            self._draft.unlink(missing_ok=True)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 3]}..."
