"""Names of cars and states to the numbers that the trees read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iargus.bundles.checks import named, number, whole
from iargus.estimators.car_names_v1 import (
    canonical_state,
    car,
    car_tokens,
    model_code,
    model_key,
    word_level,
)

_MAX_CODE = 255
TABLES = ("state_codes", "make_codes", "model_codes", "word_level", "word_slope")


@dataclass(frozen=True)
class CarNames:
    """The fitted tables of a `CarEncoder`."""

    state_codes: Mapping[str, int]
    make_codes: Mapping[str, int]
    model_codes: Mapping[str, int]
    word_level: Mapping[str, float]
    word_slope: Mapping[str, float]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> CarNames:
        """Build them from JSON.

        Raises:
            Refused: a table is missing, a code or a number is none.
        """
        tables = {}
        for table in TABLES:
            found = named(document.get(table), table)
            for name, value in found.items():
                if table.endswith("codes"):
                    whole(value, f"{table} of {name!r}", 0, _MAX_CODE)
                else:
                    number(value, f"{table} of {name!r}")
            tables[table] = found
        return cls(**tables)

    def state(self, state: Any) -> float:
        """The code of a state; NaN for an unknown one."""
        return _code(self.state_codes.get(canonical_state(state)), self.state_codes)

    def car(self, make: Any, model: Any) -> tuple[float, float, float, float]:
        """The codes of make and model, the level of the name and its slope."""
        known = car(make, model)
        bag = car_tokens(*known)
        return (
            _code(self.make_codes.get(known[0]), self.make_codes),
            _code(model_code(model_key(known), self.model_codes), self.model_codes),
            float(word_level(bag, self.word_level)),
            float(word_level(bag, self.word_slope)),
        )


def _code(found: int | None, codes: Mapping[str, int]) -> float:
    # As the encoder does: a column without any category is 0.
    if not codes:
        return 0.0
    return math.nan if found is None else float(found)
