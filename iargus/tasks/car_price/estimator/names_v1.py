"""How versions of layout 1 turn the name of a car into numbers; for those that are registered.

Their tables were fitted on these spellings, so nothing here may change. Versions that are trained
now read names with `iargus.tasks.car_price.estimator.known_names`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iargus.compiled.canonical_json import named, number, whole
from iargus.tasks.car_price.canonical import STATE_CODES, name_text
from iargus.tasks.car_price.estimator.known_names import worth
from iargus.tasks.car_price.estimator.names import ReadName
from iargus.text import without_accents

MAKE_SYNONYMS = {
    "chevy": "chevrolet",
    "chev": "chevrolet",
    "vw": "volkswagen",
    "volkswagon": "volkswagen",
    "mercedes": "mercedes-benz",
    "mercedes benz": "mercedes-benz",
    "mercedesbenz": "mercedes-benz",
    "landrover": "land rover",
    "land-rover": "land rover",
    "range rover": "land rover",
    "alfa": "alfa romeo",
    "alfa-romeo": "alfa romeo",
    "caddy": "cadillac",
    "hundai": "hyundai",
    "infinity": "infiniti",
    "porshe": "porsche",
    "toyta": "toyota",
}

TABLES_V1 = ("state_codes", "make_codes", "model_codes", "word_level", "word_slope")
_MAX_CODE = 255

_NOT_COMPACT = re.compile(r"[\W_]+")
_TOKEN_BREAK = re.compile(r"[^\w&+]+")


def canonical(value: Any) -> str:
    """Return ``value`` without accents, case and superfluous blanks; ``""`` for a missing one."""
    text = name_text(value)
    return " ".join(without_accents(text).split()) if isinstance(value, str) else text


def canonical_make(value: Any) -> str:
    """Return the canonical make, well-known synonyms resolved: ``Chevy`` → ``chevrolet``."""
    name = canonical(value)
    return MAKE_SYNONYMS.get(name, name)


def canonical_model(make: str, value: Any) -> str:
    """Return the canonical model without a repeated make (``ford``, ``Ford F-150`` → ``f-150``)."""
    name = canonical(value)
    return name.removeprefix(f"{make} ") if make else name


def canonical_state(value: Any) -> str:
    """Return the two lower-case letters of a state where it is one: ``Texas``, `` TX`` → ``tx``."""
    name = canonical(value).replace(".", "")
    return STATE_CODES.get(name, name)


def compact(name: str) -> str:
    """Return letters and digits only, so that ``f-150``, ``f 150`` and ``f150`` are one name."""
    return _NOT_COMPACT.sub("", name)


def car_tokens(make: str, model: str) -> list[str]:
    """Return the words that may carry a price: the make, the words of the model, and both whole.

    The first word is also kept together with the make, since a word alone can mean another car
    elsewhere (``ram 1500``, ``silverado 1500``).
    """
    words = [word for word in _TOKEN_BREAK.split(model.replace("-", "")) if word]
    tokens = [f"make={make}", f"model={make} {compact(model)}", *(f"word={word}" for word in words)]
    if words:
        tokens.append(f"line={make} {words[0]}")
    return list(dict.fromkeys(tokens))


@dataclass(frozen=True)
class CarNamesV1:
    """The fitted tables of a `CarEncoder`."""

    state_codes: Mapping[str, int]
    make_codes: Mapping[str, int]
    model_codes: Mapping[str, int]
    word_level: Mapping[str, float]
    word_slope: Mapping[str, float]

    @property
    def make_ranks(self) -> Mapping[str, int]:
        return self.make_codes

    @property
    def model_ranks(self) -> Mapping[str, int]:
        return self.model_codes

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "CarNamesV1":
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
        """What is known of a name; layout 1 has one margin for all, hence one trust."""
        known_make = canonical_make(make)
        known_model = canonical_model(known_make, model)
        bag = car_tokens(known_make, known_model)
        make_code = self.make_codes.get(known_make)
        key = f"{known_make} {known_model}" if known_model else ""
        # Also of another punctuation of its name.
        code = self.model_codes.get(key, self.model_codes.get(compact(key)))
        columns = (
            _code(make_code, self.make_codes),
            _code(code, self.model_codes),
            worth(bag, self.word_level),
            worth(bag, self.word_slope),
        )
        found = {"make": make_code, "model": code}
        return ReadName(columns, 0, tuple(name for name in found if found[name] is None))


def _code(found: int | None, codes: Mapping[str, int]) -> float:
    # Trees refuse a categorical column without any category, hence the 0.
    if not codes:
        return 0.0
    return math.nan if found is None else float(found)
