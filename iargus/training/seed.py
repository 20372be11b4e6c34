"""The sentences that come with the project, as labelled rows of a fresh installation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from iargus.storage.labelled.store import LabelledStore
from iargus.tasks.base import Task
from iargus.training.importers.keys import content_of, row_key
from iargus.training.sentences import load_sentences

SOURCE = "iargus"
_SHUFFLE_SEED = 0


def seed_sentences(task: Task, store: LabelledStore, *, until: date, months: int = 24) -> int:
    """Add the shipped sentences, spread evenly over the `months` before `until` (exclusive).

    Each keeps its time whatever day it is called again with, because its key is its content:
    a repetition adds nothing. Returns how many were added.
    """
    sentences = load_sentences()
    # The file is sorted by label; in time, every month should hold every label.
    order = np.random.default_rng(_SHUFFLE_SEED).permutation(len(sentences))
    end = pd.Timestamp(until)
    start = end - pd.DateOffset(months=months)
    step = (end - start) / len(sentences)
    shuffled = sentences.iloc[order].reset_index(drop=True)
    contents = [
        content_of((text, label))
        for text, label in zip(shuffled["text"], shuffled["label"], strict=True)
    ]
    rows = pd.DataFrame(
        {
            task.features[0]: shuffled["text"],
            "label": shuffled["label"],
            "observed_at": [(start + step * k).floor("s") for k in range(len(shuffled))],
            "row_key": [row_key(f"{SOURCE}\x1e{content}", 0) for content in contents],
        }
    )
    return store.add(rows, source=SOURCE)
