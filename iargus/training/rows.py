"""The labelled rows that a training may learn from, and from when on a row is of the future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from iargus.clock import to_naive_utc
from iargus.storage.labelled.store import LabelledStore

if TYPE_CHECKING:  # the doctor asks for future rows too, and needs no pandas
    import pandas as pd

_CLOCK_SKEW = timedelta(days=1)


def future_from(now: datetime) -> datetime:
    """The first future time, as databases hold times; clocks may differ by a day."""
    return to_naive_utc(now) + _CLOCK_SKEW


@dataclass(frozen=True)
class TrainingRows:
    """`future` is how many of the requested rows are dated later than tomorrow, the last one at
    `latest`, and left out."""

    rows: pd.DataFrame
    future: int = 0
    latest: datetime | None = None

    def left_out(self, task: str) -> str | None:
        """A sentence about them; None where there are none."""
        if not self.future or self.latest is None:
            return None
        one = self.future == 1
        return (
            f"{self.future:,} row{'' if one else 's'} of {task} dated in the future, up to "
            f"{self.latest:%Y-%m-%d}, {'is' if one else 'are'} left out; "
            f"`iargus data future {task}` shows {'it' if one else 'them'}"
        )


def training_rows(
    store: LabelledStore,
    *,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> TrainingRows:
    """The rows with `start <= observed_at < end` that are not of the future.

    A training window that ends in the future would hold every row to come: no month could ever be
    judged by rows that the model has not learned from.
    """
    edge = future_from(now)
    if end is not None and end <= edge:
        return TrainingRows(store.rows(start=start, end=end))
    future, latest = 0, None
    for rows in store.chunks(start=edge if start is None else max(start, edge), end=end):
        future += len(rows)
        latest = rows["observed_at"].max().to_pydatetime()
    return TrainingRows(store.rows(start=start, end=edge), future, latest)
