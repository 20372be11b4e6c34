"""One spelling for a name that people write in many ways."""

import re
import unicodedata
from typing import Any

from iargus.estimators.us_states import STATE_CODES

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
MAX_NAME = 200  # characters; the longest real name of a car is far below


def is_missing(value: Any) -> bool:
    """Whether ``value`` is None, NaN, NaT or ``pandas.NA``, found without importing pandas."""
    # NaN and NaT do not equal themselves; pandas.NA refuses to say, so that its type is named.
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def without_accents(text: str) -> str:
    """Casefold, decompose (NFKD) and drop the combining marks: ``Citroën`` → ``citroen``."""
    if text.isascii():  # such letters have no accents, and most names are made of them
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


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
