"""Labelled rows of every other task in `iargus.labelled_examples`: features as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pandas as pd

from iargus.errors import DataError
from iargus.storage.dialects.base import Plain, Row
from iargus.storage.labelled import frames
from iargus.storage.labelled.writing import MAX_LABEL_CHARS
from iargus.storage.paging import decoded
from iargus.tasks.base import Problem, Task


class ExampleRows:
    """Tables of one task's examples to and from rows of `EXAMPLES`."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def plain(self, rows: pd.DataFrame, source: str) -> list[Plain]:
        """The rows as they are written. A feature may be missing, a label may not."""
        frames.require_columns(rows, [*self._task.features, "label", "observed_at"])
        frames.check_source(source)
        return list(
            zip(
                repeat(self._task.name, len(rows)),
                frames.timestamps(rows, "observed_at"),
                self._payloads(rows),
                self._labels(rows),
                repeat(source, len(rows)),
                frames.keys(rows),
                strict=True,
            )
        )

    def frame(self, page: Sequence[Row]) -> pd.DataFrame:
        """The table of rows as they were read."""
        payloads = decoded([row[3] for row in page])
        frame = pd.DataFrame(index=pd.RangeIndex(len(page)))
        for feature in self._task.features:
            frame[feature] = frames.read_feature([payload.get(feature) for payload in payloads])
        labels = [row[2] for row in page]
        is_number = self._task.problem is Problem.REGRESSION
        frame["label"] = frames.read_numbers(labels) if is_number else frames.read_texts(labels)
        frame["observed_at"] = frames.read_timestamps([row[0] for row in page])
        return frame

    def joined(self, pages: Iterable[Sequence[Row]]) -> pd.DataFrame:
        """The one table of all values: tables of pages may differ in the types of their columns."""
        return self.frame([row for page in pages for row in page])

    def _payloads(self, rows: pd.DataFrame) -> list[str]:
        columns = []
        for feature in self._task.features:
            missing = rows[feature].isna().to_numpy(dtype=bool)
            values = rows[feature].tolist()
            columns.append([None if gap else v for v, gap in zip(values, missing, strict=True)])
        names = self._task.features
        try:
            return [
                json.dumps(
                    dict(zip(names, values, strict=True)), ensure_ascii=False, allow_nan=False
                )
                for values in zip(*columns, strict=True)
            ]
        except (TypeError, ValueError) as error:
            raise DataError(f"a labelled row holds what cannot be kept: {error}") from None

    def _labels(self, rows: pd.DataFrame) -> list[Any]:
        if self._task.problem is Problem.REGRESSION:
            # The shortest text that gives the same number again.
            return [repr(label) for label in frames.numbers(rows, "label")]
        return frames.texts(rows, "label", limit=MAX_LABEL_CHARS)
