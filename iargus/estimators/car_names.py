"""What is read from the name of a car, with fitted tables as plain dictionaries.

Served models and estimators share these functions, so that they cannot differ; nothing here
imports scikit-learn or pandas.
"""

from collections.abc import Mapping
from typing import Any

from iargus.estimators.canonical import canonical_make, canonical_model, compact


def car(make: Any, model: Any) -> tuple[str, str]:
    """Return the canonical make and model."""
    known = canonical_make(make)
    return known, canonical_model(known, model)


def model_key(named: tuple[str, str]) -> str:
    """Return the name under which a model has its code; ``""`` where there is no model."""
    return f"{named[0]} {named[1]}" if named[1] else ""


def model_code(key: str, codes: Mapping[str, int]) -> int | None:
    """Return the code of a model, also of another punctuation of its name; None if unknown."""
    return codes.get(key, codes.get(compact(key)))


def word_level(bag: list[str], table: Mapping[str, float]) -> float:
    """Return the sum of what the words of a name are worth; unknown words are worth nothing."""
    return sum(table.get(word, 0.0) for word in bag)
