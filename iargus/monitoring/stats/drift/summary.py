"""Columns reduced to small objects that can be stored, merged and compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any, Self

import numpy as np
import pandas as pd

from iargus.monitoring.stats.drift.categories import CategorySummary
from iargus.monitoring.stats.drift.numbers import NumberSummary
from iargus.monitoring.stats.drift.reading import numbers_of
from iargus.monitoring.stats.drift.words import WordSummary

_WORDS_OF_A_TEXT = 3.0  # on average; columns of shorter strings are categories
_LOOK_AT = 1000
_LONGEST = 2000  # characters that are looked at


class Kind(StrEnum):
    """How a column is read."""

    NUMBER = "number"
    CATEGORY = "category"
    TEXT = "text"


Kinds = Mapping[str, Kind]


@dataclass(frozen=True)
class FeatureSummary:
    """One column: `missing` of `rows` are empty, not finite, or not of the kind.

    `numbers` are the values of a number, or the lengths of texts in characters.
    """

    kind: Kind
    rows: int
    missing: int
    numbers: NumberSummary | None = None
    categories: CategorySummary | None = None
    words: WordSummary | None = None

    @classmethod
    def of(cls, column: pd.Series, kind: Kind) -> Self:
        rows = len(column)
        if kind is Kind.NUMBER:
            values = numbers_of(column).to_numpy()
            finite = values[np.isfinite(values)]
            return cls(kind, rows, rows - len(finite), numbers=NumberSummary.of(finite))
        present = column[column.notna()]
        if kind is Kind.CATEGORY:
            categories = CategorySummary.of(present)
            return cls(kind, rows, rows - len(present), categories=categories)
        texts = [str(text) for text in present]
        lengths = NumberSummary.of(np.array([len(text) for text in texts], dtype=np.float64))
        words = WordSummary.of(texts)
        return cls(kind, rows, rows - len(texts), numbers=lengths, words=words)

    def merge(self, other: Self) -> Self:
        """The summary of both columns one after the other.

        Raises:
            ValueError: they are of different kinds.
        """
        if self.kind is not other.kind:
            raise ValueError(f"a {self.kind} and a {other.kind} cannot be merged")
        numbers, categories, words = self.numbers, self.categories, self.words
        return type(self)(
            self.kind,
            self.rows + other.rows,
            self.missing + other.missing,
            numbers.merge(other.numbers) if numbers and other.numbers else None,
            categories.merge(other.categories) if categories and other.categories else None,
            words.merge(other.words) if words and other.words else None,
        )

    def to_json(self) -> dict[str, Any]:
        parts = {"numbers": self.numbers, "categories": self.categories, "words": self.words}
        written = {name: part.to_json() for name, part in parts.items() if part is not None}
        return {"kind": self.kind.value, "rows": self.rows, "missing": self.missing, **written}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        numbers, categories, words = (
            document.get(name) for name in ("numbers", "categories", "words")
        )
        return cls(
            Kind(document["kind"]),
            int(document["rows"]),
            int(document["missing"]),
            None if numbers is None else NumberSummary.from_json(numbers),
            None if categories is None else CategorySummary.from_json(categories),
            None if words is None else WordSummary.from_json(words),
        )


Summary = Mapping[str, FeatureSummary]


def summarise(frame: pd.DataFrame, kinds: Kinds | None = None) -> dict[str, FeatureSummary]:
    """Summarise every column, or those that `kinds` names; one that is not there is all missing.

    The predictions and the confidence of a model are compared like features: give them as columns.
    """
    chosen = {str(name): kind_of(frame[name]) for name in frame} if kinds is None else kinds
    nothing = pd.Series([None] * len(frame), dtype=object)
    return {
        name: FeatureSummary.of(frame.get(name, nothing), kind) for name, kind in chosen.items()
    }


def kind_of(column: pd.Series) -> Kind:
    """Numbers are numbers; strings of three words or more on average are texts, when they are
    mostly different; all else is categories."""
    if pd.api.types.is_bool_dtype(column):
        return Kind.CATEGORY
    if pd.api.types.is_numeric_dtype(column):
        return Kind.NUMBER
    sample = [str(value) for value in column[column.notna()].head(_LOOK_AT)]
    if not sample:
        return Kind.CATEGORY
    words = sum(len(value[:_LONGEST].split()) for value in sample) / len(sample)
    different = len(set(sample)) > len(sample) / 2
    return Kind.TEXT if different and words >= _WORDS_OF_A_TEXT else Kind.CATEGORY


def merge_all(summaries: Iterable[Summary]) -> dict[str, FeatureSummary]:
    """The summary of all parts of a stream that have the same columns."""

    first, *others = summaries
    return {
        name: reduce(FeatureSummary.merge, (other[name] for other in others), summary)
        for name, summary in first.items()
    }
