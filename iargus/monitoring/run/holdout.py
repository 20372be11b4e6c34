"""Keeping the newest slice of a window aside, so that two models can be compared fairly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Holdout:
    """The rows that neither model has learned from, and how many were repeats of learned ones."""

    rows: pd.DataFrame
    repeated: int


def cut_moment(observed_at: pd.Series, fraction: float) -> datetime:
    """The moment from which on rows are held out, nearest to `fraction` of them.

    Rows of one moment stay together: data that knows only days must not have one day's sales on
    both sides. At least the newest moment is held out.

    Args:
        observed_at: when each row was observed, ascending, at least one.
        fraction: the share of rows to hold out, between 0 and 1.
    """
    moments = observed_at.to_numpy()
    firsts = np.flatnonzero(np.r_[True, moments[1:] != moments[:-1]])
    held_out = (len(moments) - firsts) / len(moments)
    nearest = int(firsts[np.argmin(np.abs(held_out - fraction))])
    moment: datetime = pd.Timestamp(moments[nearest]).to_pydatetime()
    return moment


def hold_out(
    window: pd.DataFrame, learned: pd.DataFrame, *, cut: datetime, columns: Sequence[str]
) -> Holdout:
    """The rows of `window` from `cut` on, without those that `learned` holds as well.

    A car that is advertised again with the same price tells nothing new: a model that has
    learned it by heart would win by memory. `columns` are the features and the label.
    """
    newest = window[window["observed_at"] >= cut]
    known = set(_keys(learned, columns))
    repeated = np.fromiter((key in known for key in _keys(newest, columns)), dtype=bool)
    return Holdout(newest[~repeated].reset_index(drop=True), int(repeated.sum()))


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    # Equal rows have equal hashes; two different ones share 64 bits practically never.
    table = rows[list(columns)].copy()
    for name in columns:
        # A column of whole numbers is read as int or, with one gap in it, as float.
        if pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].astype("float64")
        else:
            table[name] = table[name].astype("object").where(table[name].notna(), None)
    return pd.util.hash_pandas_object(table, index=False)
