"""One spelling for a name that people write in many ways; imports nothing heavy.

Two names are one where their letters and digits are: case, accents, blanks, hyphens, underscores
and every other sign between them mean nothing (``F-150``, ``f 150``, ``F_150``, ``F150``).
"""

import re
from functools import lru_cache
from typing import Any

from iargus.text import without_accents

_STATE_NAMES = """
al alabama|ak alaska|az arizona|ar arkansas|ca california|co colorado|ct connecticut|de delaware
dc district of columbia|fl florida|ga georgia|hi hawaii|id idaho|il illinois|in indiana|ia iowa
ks kansas|ky kentucky|la louisiana|me maine|md maryland|ma massachusetts|mi michigan|mn minnesota
ms mississippi|mo missouri|mt montana|ne nebraska|nv nevada|nh new hampshire|nj new jersey
nm new mexico|ny new york|nc north carolina|nd north dakota|oh ohio|ok oklahoma|or oregon
pa pennsylvania|ri rhode island|sc south carolina|sd south dakota|tn tennessee|tx texas|ut utah
vt vermont|va virginia|wa washington|wv west virginia|wi wisconsin|wy wyoming
"""

STATE_CODES = {
    name: code
    for entry in _STATE_NAMES.strip().replace("\n", "|").split("|")
    for code, name in [entry.split(" ", 1)]
}

# Other names of a make, not other spellings of it: those need no table.
MAKE_SYNONYMS = {
    "chevy": "chevrolet",
    "chev": "chevrolet",
    "vw": "volkswagen",
    "volkswagon": "volkswagen",
    "mercedes": "mercedesbenz",
    "rangerover": "landrover",
    "alfa": "alfaromeo",
    "caddy": "cadillac",
    "hundai": "hyundai",
    "infinity": "infiniti",
    "porshe": "porsche",
    "toyta": "toyota",
}
# What a company adds to the name of its make.
_COMPANY = frozenset(
    ("motor", "motors", "company", "co", "corp", "corporation", "inc", "ltd", "ag")
)

_WORD = re.compile(r"\d+|[^\W\d_]+")
MAX_NAME = 200  # characters; the longest real name of a car is far below
_NAMES = 8192  # distinct names that are kept; a file of sales has few


def is_missing(value: Any) -> bool:
    """Whether ``value`` is None, NaN, NaT or ``pandas.NA``, found without importing pandas."""
    # NaN and NaT do not equal themselves; pandas.NA refuses to say, so that its type is named.
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def name_words(value: Any) -> tuple[str, ...]:
    """Return the words of a name, digits apart from letters: ``F-150 XLT`` → ``f, 150, xlt``;
    none for a missing one."""
    return _words_of(name_text(value))


def canonical_make(value: Any) -> str:
    """Return letters and digits of a make, well-known other names resolved: ``Mercedes Benz``,
    ``mercedes_benz`` and ``Mercedes`` → ``mercedesbenz``, ``Chevy`` → ``chevrolet``."""
    return _make_of(name_words(value))


def model_words(make: str, value: Any) -> tuple[str, ...]:
    """Return the words of a model of the canonical ``make``, which is dropped where the model
    repeats it: ``Ford F-150`` → ``f, 150``."""
    words = name_words(value)
    for count in range(min(3, len(words) - 1), 0, -1) if make else ():
        if _make_of(words[:count]) == make:
            return words[count:]
    return words


def canonical_model(make: str, value: Any) -> str:
    """Return letters and digits of a model of the canonical ``make``: ``Ford F_150`` → ``f150``."""
    return "".join(model_words(make, value))


def canonical_state(value: Any) -> str:
    """Return the two lower-case letters of a state where it is one: ``Texas``, `` TX`` → ``tx``."""
    name = "".join(name_words(value))
    return _STATES.get(name, name)


def name_text(value: Any) -> str:
    """Return a name as text of at most `MAX_NAME` characters; ``""`` for a missing one."""
    if isinstance(value, str):
        return value[:MAX_NAME]
    # A number is a name ("500", "300").
    if is_missing(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@lru_cache(_NAMES)
def _words_of(text: str) -> tuple[str, ...]:
    # "Town & Country" is written with the word as well, and so is "Soul+".
    spelt = without_accents(text).replace("&", " and ").replace("+", " plus ")
    # The second cut is for the few letters that grow when decomposed.
    return tuple(_WORD.findall(spelt[:MAX_NAME]))


def _make_of(words: tuple[str, ...]) -> str:
    end = len(words)
    while end > 1 and words[end - 1] in _COMPANY:
        end -= 1
    name = "".join(words[:end])
    return MAKE_SYNONYMS.get(name, name)


_STATES = {name.replace(" ", ""): code for name, code in STATE_CODES.items()}
_STATES |= {"washingtondc": "dc"}
