"""The error of every row, from its label and what the model said. Pure.

Classes are compared in one spelling: 1, 1.0, "1.0" and true are one, as files write them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.errors import DataError
from iargus.monitoring.stats.drift.reading import numbers_of, plain_values
from iargus.text import listed

_TRUTH = {"true": "1", "false": "0"}
_LEAST_ROWS = 30
_MOST_KEPT = 10_000


def canonical(value: object) -> str:
    """
    >>> canonical("1.0"), canonical(1), canonical(True), canonical("True"), canonical(" a ")
    ('1', '1', '1', '1', 'a')
    """
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    text = str(value).strip()
    if text.casefold() in _TRUTH:
        return _TRUTH[text.casefold()]
    try:
        number = float(text)
    except ValueError:
        return text
    if number == np.floor(number) and abs(number) < 2**53:
        return str(int(number))
    return repr(number)


def canonical_column(column: pd.Series) -> NDArray[np.object_]:
    """Each value so; every different value is looked at once."""
    codes, different = pd.factorize(column)
    names = np.array([canonical(value) for value in plain_values(different)], dtype=object)
    found: NDArray[np.object_] = names[codes] if len(names) else np.empty(0, dtype=object)
    return found


class Vocabulary:
    """The classes of labels and of predictions, as they come."""

    def __init__(self) -> None:
        self._labels: set[str] = set()
        self._predictions: set[str] = set()
        self._rows = 0

    def add(self, labels: NDArray[np.object_], predictions: NDArray[np.object_]) -> None:
        self._rows += len(labels)
        for known, new in ((self._labels, labels), (self._predictions, predictions)):
            if len(known) < _MOST_KEPT:
                known.update(new)

    def check(self) -> None:
        """
        Raises:
            DataError: no prediction is any of the labels, so that they are not written alike.
        """
        labels, said = self._labels, self._predictions
        if not labels or not said or labels & said:
            return
        different_types = all(map(_is_number, labels)) != all(map(_is_number, said))
        if different_types or (self._rows >= _LEAST_ROWS and min(len(labels), len(said)) >= 2):
            folded = {each.casefold() for each in labels} & {each.casefold() for each in said}
            hint = ", such as capital letters" if folded else ""
            raise DataError(
                f"no prediction ({listed(sorted(said), most=3)}) is any of the labels "
                f"({listed(sorted(labels), most=3)}), so nothing can be judged: write both "
                f"alike{hint}"
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def row_errors(
    labels: pd.Series,
    predictions: pd.Series,
    *,
    classes: bool,
    cutoff: float | None = None,
    vocabulary: Vocabulary | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The errors of the rows that have one, and which rows these are.

    Of numbers |y - p| / y: rows whose label is missing or not above zero have none. Of classes 0
    or 1: rows whose label is missing have none. A missing prediction is no error of any size
    either.

    Args:
        cutoff: predictions are probabilities of the class 1.
        vocabulary: learns which classes there are.
    """
    if classes:
        usable = (labels.notna() & predictions.notna()).to_numpy(dtype=bool)
        truth, said = labels[usable], predictions[usable]
        if cutoff is not None:
            said = (numbers_of(said) >= cutoff).astype(np.int64)
        known, answered = canonical_column(truth), canonical_column(said)
        if vocabulary is not None:
            vocabulary.add(known, answered)
        return np.asarray(known != answered).astype(np.float64), usable
    amounts, expected = numbers_of(labels).to_numpy(), numbers_of(predictions).to_numpy()
    usable = (amounts > 0) & np.isfinite(amounts) & np.isfinite(expected)
    errors = np.abs(amounts[usable] - expected[usable]) / amounts[usable]
    return errors, usable
