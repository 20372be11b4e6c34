"""Labelled rows of every other task in `iargus.labelled_examples`: features as a JSON object."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, func, select

from iargus.database import Database
from iargus.errors import DataError
from iargus.labelled import frames
from iargus.labelled.writing import insert_rows
from iargus.schema import labelled_examples
from iargus.tasks.base import Problem, Task

MAX_LABEL_CHARS = 255
WRITTEN = ("task", "observed_at", "payload", "label", "source", "row_key")


class ExamplesStore:
    """The labelled rows of one task, told apart from those of others by its name."""

    def __init__(self, task: Task, database: Database) -> None:
        self._task = task
        self._database = database

    def add(self, rows: pd.DataFrame, *, source: str) -> int:
        """See `LabelledStore.add`. A feature may be missing, a label may not."""
        if rows.empty:
            return 0
        frames.require_columns(rows, [*self._task.features, "label", "observed_at"])
        source = frames.check_source(source)
        plain = list(
            zip(
                repeat(self._task.name, len(rows)),
                frames.moments(rows, "observed_at"),
                self._payloads(rows),
                self._labels(rows),
                repeat(source, len(rows)),
                frames.keys(rows),
                strict=True,
            )
        )
        with self._database.transaction() as connection:
            return insert_rows(connection, labelled_examples, WRITTEN, plain)

    def rows(self, *, start: datetime | None = None, end: datetime | None = None) -> pd.DataFrame:
        """See `LabelledStore.rows`."""
        table = labelled_examples.c
        wanted: list[ColumnElement[bool]] = [table.task == self._task.name]
        if start is not None:
            wanted.append(table.observed_at >= start)
        if end is not None:
            wanted.append(table.observed_at < end)
        query = select(table.id, table.observed_at, table.label, table.payload).where(and_(*wanted))
        with self._database.transaction() as connection:
            found = connection.execute(query).all()
        frame = pd.DataFrame({"id": np.array([row.id for row in found], dtype=np.int64)})
        for feature in self._task.features:
            frame[feature] = self._feature([row.payload.get(feature) for row in found])
        labels = [row.label for row in found]
        is_number = self._task.problem is Problem.REGRESSION
        frame["label"] = _numbers(labels) if is_number else pd.Series(labels, dtype="str")
        frame["observed_at"] = pd.Series([row.observed_at for row in found], dtype="datetime64[us]")
        return frames.in_order(frame, [*self._task.features, "label", "observed_at"])

    def span(self) -> frames.Span:
        """See `LabelledStore.span`."""
        table = labelled_examples.c
        query = select(
            func.count(), func.min(table.observed_at), func.max(table.observed_at)
        ).where(table.task == self._task.name)
        with self._database.transaction() as connection:
            count, first, last = connection.execute(query).one()
        return frames.Span(count, first, last)

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

    @staticmethod
    def _feature(values: list[Any]) -> pd.Series[Any]:
        if not values:
            return pd.Series([], dtype="str")
        return pd.Series(values, dtype=object).infer_objects()


def _numbers(labels: list[str]) -> NDArray[np.float64]:
    """The labels as numbers, NaN for one that is none: another program may have written it."""
    try:
        return np.array(labels, np.float64)
    except ValueError:
        return np.array([_number(label) for label in labels], np.float64)


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return float("nan")
