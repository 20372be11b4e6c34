"""The summary of a reference file, stored once so that its rows need not be read again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iargus.atomic_write import write_atomically
from iargus.errors import DataError
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kinds
from iargus.storage.labelled.repeats import Repeats

_FORMAT = 1


_BEGINNING = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"rows"\s*:')


def is_saved(path: Path) -> bool:
    """Whether a file is a summary, and not a table in JSON."""
    if path.suffix != ".json":
        return False
    try:
        with path.open("rb") as file:
            return _BEGINNING.match(file.read(200)) is not None
    except OSError:
        return False


@dataclass(frozen=True)
class SavedReference:
    """`repeated` is the share of rows that repeat an earlier one; `repeats` says whether these
    are among the rest."""

    rows: int
    columns: Mapping[str, FeatureSummary]
    repeated: float = 0.0
    repeats: Repeats = Repeats.LEFT_OUT

    @property
    def kinds(self) -> Kinds:
        return {name: summary.kind for name, summary in self.columns.items()}

    def write(self, path: Path) -> None:
        """
        Raises:
            DataError: it cannot be written there.
        """
        document = {
            "format": _FORMAT,
            "rows": self.rows,
            "columns": {name: each.to_json() for name, each in self.columns.items()},
            "repeated": self.repeated,
            "repeats": self.repeats.value,
        }
        try:
            write_atomically(path, json.dumps(document, ensure_ascii=False))
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}") from error

    @classmethod
    def read(cls, path: Path) -> SavedReference:
        """
        Raises:
            DataError: it is not what `write` wrote.
        """
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if document["format"] != _FORMAT:
                raise DataError(f"{path}: another version of IArgus wrote this summary")
            columns = document["columns"].items()
            return cls(
                rows=int(document["rows"]),
                columns={name: FeatureSummary.from_json(each) for name, each in columns},
                repeated=float(document["repeated"]),
                # Earlier versions of IArgus do not say it, and counted them.
                repeats=Repeats(document.get("repeats", Repeats.COUNTED)),
            )
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"{path}: no summary that `--save-reference` wrote") from error
