"""Simulated sales into the store, month by month, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import pandas as pd

from iargus.labelled.store import LabelledStore
from iargus.training.importers.keys import content_of, row_key
from iargus.training.simulator import SimulationPlan, simulate

SOURCE = "simulated"

# (months so far, rows so far)
Progress = Callable[[int, int], None]


def add_simulation(
    plan: SimulationPlan, store: LabelledStore, *, progress: Progress | None = None
) -> int:
    """Simulate a plan into the store and say how many rows were new.

    A row's key is the plan and the row's number in it, so a repetition, also of one that was
    stopped half-way, adds only what is missing.
    """
    prefix = content_of(("simulation", *astuple(plan)))
    added = done = 0
    for number, month in enumerate(simulate(plan), start=1):
        added += store.add(_as_labelled(month, prefix, done), source=SOURCE)
        done += len(month)
        if progress is not None:
            progress(number, done)
    return added


def _as_labelled(month: pd.DataFrame, prefix: str, first: int) -> pd.DataFrame:
    rows = month.rename(columns={"price": "label", "date_added": "observed_at"})
    return rows.assign(row_key=[row_key(prefix, first + k) for k in range(len(rows))])
