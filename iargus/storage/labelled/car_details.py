"""Sales of cars in the table `iargus.car_details`, whose columns other programs know too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Column, Integer, String

from iargus.errors import DataError
from iargus.storage.dialects.base import Plain, Row
from iargus.storage.labelled import frames
from iargus.storage.labelled.writing import CAR_DETAILS
from iargus.tasks.base import Task

WHOLE = range(-32_768, 32_768)  # what SMALLINT holds


class CarRows:
    """Tables of cars, whose price is the label, to and from rows of `CAR_DETAILS`."""

    def __init__(self, task: Task) -> None:
        self._features = CAR_DETAILS.features(task)

    def plain(self, rows: pd.DataFrame, source: str) -> list[Plain]:
        """The rows as they are written. What may be empty in the table may be missing."""
        names = [column.name for column in self._features]
        frames.require_columns(rows, (*names, "label", "observed_at"))
        frames.check_source(source)
        return list(
            zip(
                *(_values(rows, column) for column in self._features),
                frames.numbers(rows, "label"),
                frames.timestamps(rows, "observed_at"),
                frames.keys(rows),
                repeat(source, len(rows)),
                strict=True,
            )
        )

    def frame(self, page: Sequence[Row]) -> pd.DataFrame:
        """The table of rows as they were read."""
        columns = zip(*page, strict=True) if page else repeat((), 3 + len(self._features))
        observed_at, _, *features, price = columns
        read = {
            column.name: _read(values, column)
            for column, values in zip(self._features, features, strict=True)
        }
        label, times = frames.read_numbers(price), frames.read_timestamps(observed_at)
        return pd.DataFrame({**read, "label": label, "observed_at": times})

    def joined(self, pages: Iterable[Sequence[Row]]) -> pd.DataFrame:
        """The one table of all pages."""
        found = [self.frame(page) for page in pages]
        return pd.concat(found, ignore_index=True) if found else self.frame([])


def _values(rows: pd.DataFrame, column: Column[Any]) -> list[Any]:
    """A column of labelled rows as its column in the table takes it."""
    name, kind, optional = column.name, column.type, bool(column.nullable)
    if isinstance(kind, String):
        return frames.texts(rows, name, limit=kind.length or 0, optional=optional)
    numbers = frames.numbers(rows, name, optional=optional)
    if not isinstance(kind, Integer):
        return numbers
    whole = [int(number) for number in numbers]
    if min(whole) not in WHOLE or max(whole) not in WHOLE:
        raise DataError(f"labelled rows hold a {name} that its column cannot")
    return whole


def _read(values: Sequence[Any], column: Column[Any]) -> Any:
    if isinstance(column.type, String):
        return frames.read_texts(values)
    whole = isinstance(column.type, Integer)
    return np.array(values, np.int64) if whole else frames.read_numbers(values)
