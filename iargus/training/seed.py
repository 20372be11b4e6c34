"""Labelled rows of a fresh installation: the shipped sentences, and simulated sales of cars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import date
from importlib import resources

import numpy as np
import pandas as pd

from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.importers.keys import content_of, row_key
from iargus.training.simulator import SimulationPlan, simulate

SENTENCES = "iargus"
SIMULATION = "simulated"
"""The source of these rows, as the table of labelled rows names it."""

_SHUFFLE_SEED = 0


def load_sentences() -> pd.DataFrame:
    """What people might write to the assistant of a used-car marketplace, with its intent: columns
    text and label, sorted by label, so shuffle (or stratify) before splitting."""
    path = resources.files(__package__) / "sentences.tsv"
    with path.open(encoding="utf-8") as file:
        # Sentences are taken as they are: no quoting, and "null" would be a word.
        table = pd.read_csv(file, sep="\t", dtype="str", quoting=3, keep_default_na=False)
    return table.rename(columns={"intent": "label"})


def seed_sentences(task: Task, store: LabelledStore, *, until: date, months: int = 24) -> int:
    """Add the shipped sentences, spread evenly over the `months` before `until` (exclusive).

    The key of each is its content, so a repetition adds nothing and moves nothing in time. Returns
    how many were added.
    """
    sentences = load_sentences()
    # The file is sorted by label; in time, every month should hold every label.
    order = np.random.default_rng(_SHUFFLE_SEED).permutation(len(sentences))
    end = pd.Timestamp(until)
    start = end - pd.DateOffset(months=months)
    step = (end - start) / len(sentences)
    shuffled = sentences.iloc[order].reset_index(drop=True)
    contents = map(content_of, zip(shuffled["text"], shuffled["label"], strict=True))
    rows = pd.DataFrame(
        {
            task.features[0]: shuffled["text"],
            "label": shuffled["label"],
            "observed_at": [(start + step * k).floor("s") for k in range(len(shuffled))],
            "row_key": [row_key(f"{SENTENCES}\x1e{content}", 0) for content in contents],
        }
    )
    return store.add(rows, source=SENTENCES)


def add_simulation(
    plan: SimulationPlan,
    store: LabelledStore,
    *,
    progress: Callable[[int, int], None] = lambda months, rows: None,  # noqa: ARG005
) -> int:
    """Simulate a plan into the store, month by month, and say how many rows were new. `progress` is
    called with the months and rows so far.

    A row's key is the plan and the row's number in it, so a repetition, also of one that was
    stopped half-way, adds only what is missing.
    """
    added = done = 0
    for number, month in enumerate(labelled_months(plan), start=1):
        added += store.add(month, source=SIMULATION)
        done += len(month)
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
