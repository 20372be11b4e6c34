"""Keeping the newest slice of a window aside, so that two models can be compared fairly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from iargus.storage.labelled.repeats import EarlierRows


@dataclass(frozen=True)
class Holdout:
    """The rows that neither model has learned from, and how many were left out because they repeat
    an earlier one."""

    rows: pd.DataFrame
    repeated: int

    @property
    def repeated_share(self) -> float:
        total = len(self.rows) + self.repeated
        return self.repeated / total if total else 0.0


def cut_timestamp(observed_at: pd.Series, fraction: float) -> datetime:
    """The moment from which on rows are held out, nearest to `fraction` of them.

    Rows of one moment stay together: data that knows only days must not have one day's sales on
    both sides. At least the newest moment is held out.

    Args:
        observed_at: when each row was observed, ascending, at least one.
        fraction: the share of rows to hold out, between 0 and 1.
    """
    timestamps = observed_at.to_numpy()
    firsts = np.flatnonzero(np.r_[True, timestamps[1:] != timestamps[:-1]])
    held_out = (len(timestamps) - firsts) / len(timestamps)
    nearest = int(firsts[np.argmin(np.abs(held_out - fraction))])
    timestamp: datetime = pd.Timestamp(timestamps[nearest]).to_pydatetime()
    return timestamp


def hold_out(
    window: pd.DataFrame, learned: pd.DataFrame, *, cut: datetime, columns: Sequence[str]
) -> Holdout:
    """The rows of `window` from `cut` on, without those that `learned` holds as well.

    Nor those that repeat one before them: see `labelled.repeats`. `columns` are the features and
    the label.
    """
    newest = window[window["observed_at"] >= cut]
    earlier = EarlierRows(columns)
    earlier.remember(learned)
    first = earlier.first(newest)
    return Holdout(newest[first].reset_index(drop=True), int((~first).sum()))
