"""Rows of a file that is not accepted yet: those that are not taken are written to a file under
`var/rejected`, the others wait until the whole file was checked."""

from __future__ import annotations

import csv
import filecmp
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from iargus.atomic_write import claim_name, draft_beside
from iargus.errors import ConfigurationError, DataError
from iargus.tables import Record
from iargus.training.importers.candidate import RowRejected
from iargus.training.importers.convert import Converted

MAX_SHOWN_CHARS = 60
# Real files have rows without a year or with a price of 1 dollar.
DEFAULT_SHARE = 0.2
# One row of three says little of a file.
FEW_ROWS, SHARE_OF_FEW = 100, 0.5
SHOWN_REASONS = 3


@dataclass(frozen=True)
class Example:
    """The first row that was rejected for a reason: where it is, what is wrong, which option may
    mend it."""

    where: str
    value: str | None
    option: str | None


class RejectedRows:
    """Writes beside its final name, which it takes with `keep`; without rows there is no file.

    Files of earlier imports stay: the name gets a number where it is taken by other rows. What was
    not kept, because the import was interrupted, is thrown away by `close`.
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
        if error.reason not in self.examples:
            value = None if error.value is None else _shown(error.value)
            where = f"{self._unit} {record.position}"
            self.examples[error.reason] = Example(where, value, error.option)
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            # A JSON text may hold half a character, which UTF-8 cannot.
            self._file = self._draft.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
            self._writer = csv.writer(self._file)
            self._writer.writerow(self._header)
        raw = ["" if value is None else value for value in record.values]
        self._writer.writerow([record.position, str(error), *raw])

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

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class AllowedRejections:
    """The share of rows that may be rejected; None: a fifth, or a half of fewer than 100 rows."""

    share: float | None = None

    @classmethod
    def parse(cls, text: str | None) -> AllowedRejections:
        """Read `0.3`, `30%` or `all`.

        Raises:
            ConfigurationError: it is no share.
        """
        if text is None:
            return cls()
        plain = text.strip().lower()
        if plain == "all":
            return cls(1.0)
        try:
            share = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise ConfigurationError(
                f"--allow-rejected {text!r} should be a share from 0 to 1, such as 0.3 or 30%, or "
                "all"
            )
        return cls(share)

    def refusal(self, rows: int, rejected: RejectedRows) -> str | None:
        """Why a file of so many rows is refused as a whole, in several lines; None where it is
        not."""
        count = sum(rejected.reasons.values())
        share = self.share
        if share is None:
            share = SHARE_OF_FEW if rows < FEW_ROWS else DEFAULT_SHARE
        if count == 0 or share >= 1 or (count < rows and count <= share * rows):
            return None
        noun = "row is" if rows == 1 else "rows are"
        lines = [
            f"nothing is imported: {count:,} of {rows:,} {noun} rejected, and at most "
            f"{share:.0%} may be (--allow-rejected)"
        ]
        for reason, number in rejected.reasons.most_common(SHOWN_REASONS):
            example = rejected.examples[reason]
            value = "" if example.value is None else f"{example.value!r} in "
            option = f"; try {example.option}" if example.option else ""
            lines.append(f"  {number:,}: {reason}, such as {value}{example.where}{option}")
        more = len(rejected.reasons) - SHOWN_REASONS
        if more > 0:
            lines.append(f"  and {more} other reason{'s' if more > 1 else ''}")
        return "\n".join(lines)


class ImportRefused(DataError):
    """Raised when too many rows of a file were rejected; nothing of it was stored."""

    def __init__(self, message: str, rejected_path: Path | None) -> None:
        where = f"\nThe rejected rows are in {rejected_path}" if rejected_path else ""
        super().__init__(f"{message}{where}")
        self.rejected_path = rejected_path


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 3]}..."


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
