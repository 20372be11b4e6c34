"""What the values of a column look like: those of a label, or those of a text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnContent:
    """Figures of a column's values, as texts; empty ones do not count."""

    rows: int
    distinct: int
    words: float  # of a value, on average
    numbers: float  # the share of values that are numbers

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]], place: int) -> ColumnContent:
        values = [str(row[place]).strip() for row in rows if row[place] is not None]
        values = [value for value in values if value]
        count = len(values) or 1
        return cls(
            len(values),
            len(set(values)),
            sum(len(value.split()) for value in values) / count,
            sum(_is_number(value) for value in values) / count,
        )


def label_and_text(columns: Sequence[ColumnContent]) -> tuple[int, int, bool]:
    """The places of the label and of the text in two or more columns, and whether there is no
    doubt: the text has the most words and hardly repeats itself, the label has few values."""
    places = range(len(columns))
    text = max(places, key=lambda at: (columns[at].words, columns[at].distinct, -at))
    others = [at for at in places if at != text]
    # A number that goes on, or a name that is always another one, is no label.
    label = min(others, key=lambda at: (columns[at].distinct <= 1, columns[at].distinct, -at))
    one, other = columns[label], columns[text]
    certain = (
        len(columns) == 2
        and one.distinct * 2 <= one.rows
        and one.distinct * 2 <= other.distinct
        and one.words * 1.5 <= other.words
    )
    return label, text, certain


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
