"""The sentences that people might write to the assistant of a used-car marketplace."""

from importlib import resources

import pandas as pd


def load_sentences() -> pd.DataFrame:
    """All sentences with their intent: columns text and label, sorted by label.

    The order carries the label, so shuffle (or stratify) before splitting.
    """
    path = resources.files(__package__) / "sentences.tsv"
    with path.open(encoding="utf-8") as file:
        # Sentences are taken as they are: no quoting, and "null" would be a word.
        table = pd.read_csv(file, sep="\t", dtype="str", quoting=3, keep_default_na=False)
    return table.rename(columns={"intent": "label"})
