"""How versions of layout 1 read the name of a car; kept for those that are registered.

Their tables were fitted on these spellings, so nothing here may change. Versions that are trained
now read names with `iargus.tasks.car_price.estimator.known_names`.
"""

import re
from collections.abc import Mapping
from typing import Any

from iargus.tasks.car_price.canonical import MAX_NAME, is_missing
from iargus.tasks.car_price.us_states import STATE_CODES
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

_NOT_COMPACT = re.compile(r"[\W_]+")
_TOKEN_BREAK = re.compile(r"[^\w&+]+")


def canonical(value: Any) -> str:
    """Return ``value`` without accents, case and superfluous blanks; ``""`` for a missing one."""
    if isinstance(value, str):
        return " ".join(without_accents(value[:MAX_NAME]).split())
    # A number is a name ("500", "300").
    if is_missing(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


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
