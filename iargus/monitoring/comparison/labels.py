"""Whether labels are classes or amounts: decided where it is certain, asked where it is not. Pure.

Both give errors of any rows, and those of the wrong kind look well: 0 and 1 read as amounts leave
out every row of the class 0, and the others are right or wrong by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.errors import DataError, LabelsUnclear, UsageError
from iargus.monitoring.comparison.row_errors import canonical
from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.text import listed

_FEW = 30  # different whole numbers; more are hardly classes by number
_OFTEN = 3  # rows of each class, at least, on average
_NUMBERS = 0.95  # of the values, where a column holds numbers and a few words
_WORDS = 0.5
_LEAST_ROWS = 30
_BY_CHANCE = 0.2  # of the predictions equal their label; two amounts hardly ever do

ASK = "say --classes if they are classes, or --amounts if they are quantities such as prices"


class LabelKind(StrEnum):
    CLASSES = "classes"
    AMOUNTS = "amounts"


@dataclass(frozen=True)
class _Values:
    """A column: `numbers` where it holds any, `share` of them among its values."""

    values: pd.Series
    numbers: NDArray[np.float64]
    share: float
    boolean: bool

    @classmethod
    def of(cls, column: pd.Series) -> _Values:
        present = column.dropna()
        boolean = pd.api.types.is_bool_dtype(present)
        plain = present
        if present.dtype == object:
            plain = present.map(lambda value: value.strip() if isinstance(value, str) else value)
        found = numbers_of(plain).to_numpy()
        finite = found[np.isfinite(found)]
        share = len(finite) / len(present) if len(present) else 0.0
        return cls(present, finite, 0.0 if boolean else share, boolean)

    @property
    def whole(self) -> bool:
        return bool(len(self.numbers)) and bool((self.numbers == np.floor(self.numbers)).all())

    @property
    def different(self) -> frozenset[float]:
        return frozenset(np.unique(self.numbers).tolist())


def label_kind(
    labels: pd.Series, predictions: pd.Series, *, cutoff: float | None = None
) -> LabelKind:
    """What the labels of some rows are.

    Raises:
        LabelsUnclear: they may be either.
        UsageError: the predictions are probabilities, and nobody said where to cut.
        DataError: labels and predictions do not fit each other.
    """
    truth, said = _Values.of(labels), _Values.of(predictions)
    if cutoff is not None:
        _check_binary(truth, said)
        return LabelKind.CLASSES
    if not len(truth.values) or not len(said.values):
        return LabelKind.CLASSES if truth.share < _WORDS else LabelKind.AMOUNTS
    if truth.share < _NUMBERS:
        return _of_words(truth, said)
    if said.share < _WORDS and not said.boolean:
        raise DataError(
            f"the labels are numbers ({_shown(truth)}) and the predictions are not "
            f"({_shown(said)}): write both alike, as classes or as amounts"
        )
    return _of_numbers(truth, said, labels, predictions)


def _of_words(truth: _Values, said: _Values) -> LabelKind:
    if truth.boolean or truth.share < _WORDS:
        if _looks_like_probabilities(said):
            raise _probabilities(truth, said)
        if not truth.boolean and said.share >= _NUMBERS and truth.share == 0 and not said.whole:
            raise DataError(
                f"the labels are names ({_shown(truth)}) and the predictions numbers "
                f"({_shown(said)}): write both alike"
            )
        rows, different = len(truth.values), truth.values.nunique()
        if rows >= _LEAST_ROWS and different > rows / 2:
            raise LabelsUnclear(
                f"{different:,} of {rows:,} labels are different ones ({_shown(truth)}): no "
                f"classes, it seems, and no numbers that can be read; {ASK}"
            )
        return LabelKind.CLASSES
    if said.share >= _NUMBERS and not said.whole:
        return LabelKind.AMOUNTS  # a few words among prices; they are set aside and counted
    raise LabelsUnclear(
        f"{1 - truth.share:.0%} of the labels are no numbers ({_shown(truth)}); {ASK}"
    )


def _of_numbers(
    truth: _Values, said: _Values, labels: pd.Series, predictions: pd.Series
) -> LabelKind:
    if not truth.whole:
        return LabelKind.AMOUNTS
    classes, rows = truth.different, len(truth.numbers)
    if said.boolean:
        return LabelKind.CLASSES if classes <= {0.0, 1.0} else _neither(truth, said)
    if classes <= {-1.0, 0.0, 1.0}:
        if said.whole and said.different <= {-1.0, 0.0, 1.0}:
            return LabelKind.CLASSES
        if _looks_like_probabilities(said):
            raise _probabilities(truth, said)
        return _neither(truth, said)
    if not said.whole:
        return LabelKind.AMOUNTS  # classes are predicted as classes
    both = pd.DataFrame({"label": labels, "prediction": predictions}).dropna()
    equal = float((numbers_of(both["label"]) == numbers_of(both["prediction"])).mean())
    few = len(classes) <= _FEW and rows >= _OFTEN * len(classes)
    known = len(said.different & classes) / len(said.different)
    if few and known > 0.5 and min(classes) <= 0:
        return LabelKind.CLASSES  # as amounts, those that are not above zero have no error
    if (few and known > 0.5) or (rows >= _LEAST_ROWS and equal > _BY_CHANCE and known > 0.5):
        raise LabelsUnclear(
            f"the labels are whole numbers that occur again and again ({_shown(truth)}): {ASK}"
        )
    return LabelKind.AMOUNTS


def _check_binary(truth: _Values, said: _Values) -> None:
    if not truth.boolean and not set(map(canonical, truth.values.unique())) <= {"0", "1"}:
        raise UsageError(
            f"--cutoff is for labels that are 0 and 1, and these are not ({_shown(truth)})"
        )
    if said.boolean or not said.numbers.size or said.numbers.min() < 0 or said.numbers.max() > 1:
        raise UsageError(
            f"--cutoff is for predictions from 0 to 1, and these are not ({_shown(said)})"
        )


def _looks_like_probabilities(said: _Values) -> bool:
    numbers = said.numbers
    if said.boolean or said.share < _NUMBERS or said.whole or not len(numbers):
        return False
    return bool(numbers.min() >= 0 and numbers.max() <= 1)


def _probabilities(truth: _Values, said: _Values) -> UsageError:
    return UsageError(
        f"the labels are classes ({_shown(truth)}) and the predictions look like probabilities "
        f"({_shown(said)}): give a column of predicted classes, or, for 0 and 1, --cutoff 0.5 "
        "where 1 is predicted from 0.5 on"
    )


def _neither(truth: _Values, said: _Values) -> LabelKind:
    raise LabelsUnclear(
        f"the labels ({_shown(truth)}) look like classes, and the predictions ({_shown(said)}) "
        f"are none of them; {ASK}"
    )


def _shown(column: _Values) -> str:
    return listed(pd.unique(column.values)[:50].tolist(), most=3)
