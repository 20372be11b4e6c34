"""Simulated sales into the store, month by month, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple

import pandas as pd

from iargus.storage.labelled.store import LabelledStore
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
    added = done = 0
    for number, month in enumerate(labelled_months(plan), start=1):
        added += store.add(month, source=SOURCE)
        done += len(month)
        if progress is not None:
            progress(number, done)
    return added


def labelled_months(plan: SimulationPlan) -> Iterator[pd.DataFrame]:
    """The months of a plan as labelled rows with their keys."""
    prefix = content_of(("simulation", *astuple(plan)))
    done = 0
    for month in simulate(plan):
        keys = [row_key(prefix, done + k) for k in range(len(month))]
        done += len(month)
        yield month.rename(columns={"price": "label", "date_added": "observed_at"}).assign(
            row_key=keys
        )
