"""Names to the numbers that trees read, in bundles of layout 1, which older versions have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iargus.compiled.checks import named, number, whole
from iargus.tasks.car_price.compiled.names import ReadName
from iargus.tasks.car_price.estimator.names_v1 import (
    canonical_state,
    car,
    car_tokens,
    model_code,
    model_key,
    word_level,
)

_MAX_CODE = 255
TABLES_V1 = ("state_codes", "make_codes", "model_codes", "word_level", "word_slope")


@dataclass(frozen=True)
class CarNamesV1:
    """The fitted tables of a `CarEncoder`."""

    state_codes: Mapping[str, int]
    make_codes: Mapping[str, int]
    model_codes: Mapping[str, int]
    word_level: Mapping[str, float]
    word_slope: Mapping[str, float]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> CarNamesV1:
        """Build them from JSON.

        Raises:
            Refused: a table is missing, a code or a number is none.
        """
        tables = {}
        for table in TABLES_V1:
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

    def knows_state(self, state: Any) -> bool:
        """Whether a state is one of those of the training, or none is given."""
        name = canonical_state(state)
        return not name or not self.state_codes or name in self.state_codes

    def car(self, make: Any, model: Any) -> ReadName:
        """What is known of a name; layout 1 has one margin for all."""
        known = car(make, model)
        bag = car_tokens(*known)
        make_code = self.make_codes.get(known[0])
        code = model_code(model_key(known), self.model_codes)
        columns = (
            _code(make_code, self.make_codes),
            _code(code, self.model_codes),
            float(word_level(bag, self.word_level)),
            float(word_level(bag, self.word_slope)),
        )
        found = {"make": make_code, "model": code}
        return ReadName(columns, 0, tuple(name for name in found if found[name] is None))


def _code(found: int | None, codes: Mapping[str, int]) -> float:
    # As the encoder does: a column without any category is 0.
    if not codes:
        return 0.0
    return math.nan if found is None else float(found)
