"""Sales of cars in the table `iargus.car_details`, whose columns other programs know too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np
import pandas as pd

from iargus.errors import DataError
from iargus.storage.dialects.base import Plain, Row
from iargus.storage.labelled import frames
from iargus.storage.labelled.writing import CAR_DETAILS
from iargus.tasks.base import Task

COLUMNS = ("state", "make", "model", "year", "mileage", "label", "observed_at")
YEARS = range(-32_768, 32_768)  # what SMALLINT holds


class CarRows:
    """Tables of cars, whose price is the label, to and from rows of `CAR_DETAILS`."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def plain(self, rows: pd.DataFrame, source: str) -> list[Plain]:
        """The rows as they are written. State and mileage may be missing."""
        frames.require_columns(rows, COLUMNS)
        frames.check_source(source)
        years = [int(year) for year in frames.numbers(rows, "year")]
        if min(years) not in YEARS or max(years) not in YEARS:
            raise DataError("labelled rows hold a year that its column cannot")
        return list(
            zip(
                frames.texts(rows, "state", limit=64, optional=True),
                frames.texts(rows, "model", limit=128),
                frames.texts(rows, "make", limit=64),
                years,
                frames.numbers(rows, "mileage", optional=True),
                frames.numbers(rows, "label"),
                frames.timestamps(rows, "observed_at"),
                frames.keys(rows),
                repeat(source, len(rows)),
                strict=True,
            )
        )

    def frame(self, page: Sequence[Row]) -> pd.DataFrame:
        """The table of rows as they were read."""
        columns = zip(*page, strict=True) if page else repeat((), len(CAR_DETAILS.read))
        observed_at, _, state, make, model, year, mileage, price = columns
        frame = pd.DataFrame(
            {
                "state": frames.read_texts(state),
                "make": frames.read_texts(make),
                "model": frames.read_texts(model),
                "year": np.array(year, np.int64),
                "mileage": frames.read_numbers(mileage),
                "label": frames.read_numbers(price),
                "observed_at": frames.read_timestamps(observed_at),
            }
        )
        return frame[[*self._task.features, "label", "observed_at"]]

    def joined(self, pages: Iterable[Sequence[Row]]) -> pd.DataFrame:
        """The one table of all pages."""
        found = [self.frame(page) for page in pages]
        return pd.concat(found, ignore_index=True) if found else self.frame([])
