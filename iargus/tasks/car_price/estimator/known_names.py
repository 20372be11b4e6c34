"""What is known of a car by its name: exactly, nearly, by its make alone, or nothing.

Fitted tables are plain dictionaries. Served models and estimators share this module, so that they
cannot differ; nothing here imports scikit-learn or pandas.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from iargus.tasks.car_price.canonical import canonical_make, model_words
from iargus.tasks.car_price.estimator.spelling import Spelt, nearest

# How much is known of a name, from all to nothing.
KNOWN, NEAR, MAKE_ONLY, NOTHING = range(4)

_WORDS = 12  # of one model that are looked at
_SHORTEST_MODEL = 2  # letters of a name that a typing error may be found in
_SHORTEST_MAKE = 3
_SHORTEST_OF_TWO_ERRORS = 5
_SHORTEST_WORD = 4
_SHORTEST_PART = 4  # letters of a known name that another one may begin with, without a blank


class Found(NamedTuple):
    """What a name was read as.

    Attributes:
        make: its canonical make, also one that nobody knows.
        words: those of the known model it is read as, otherwise its own.
        key: of the known model among the tables; ``""`` where there is none.
        trust: `KNOWN`, `NEAR`, `MAKE_ONLY` or `NOTHING`.
        unknown: which of ``make`` and ``model`` are not known as they were given.
    """

    make: str
    words: tuple[str, ...]
    key: str
    trust: int
    unknown: tuple[str, ...]


class _Model(NamedTuple):
    name: str
    words: tuple[str, ...]


class _Make(NamedTuple):
    """The models of a make, the most frequent first."""

    models: list[_Model]
    spelt: list[Spelt]
    vocabulary: list[Spelt]


class KnownNames:
    """Finds what is known of a car.

    ``makes`` and ``models`` have ranks, 0 for the most frequent; keys of models are the canonical
    make, a blank, and the canonical model, and ``model_words`` has the words of each.
    """

    def __init__(
        self, makes: Mapping[str, int], models: Mapping[str, int], model_words: Mapping[str, str]
    ) -> None:
        self._models = models
        self._words = {key: tuple(words.split()) for key, words in model_words.items()}
        self._makes: dict[str, _Make] = {
            make: _Make([], [], []) for make in sorted(makes, key=makes.__getitem__)
        }
        self._spelt_makes = [Spelt.of(make) for make in self._makes]
        # Names of models that only one make has: who writes "Camry" means a Toyota.
        self._makes_of: dict[str, str] = {}
        for key in sorted(models, key=models.__getitem__):
            make, _, name = key.partition(" ")
            if make in self._makes:
                its = self._makes[make]
                its.models.append(_Model(name, self._words[key]))
                its.spelt.append(Spelt.of(name))
            self._makes_of[name] = "" if name in self._makes_of else make
        for its in self._makes.values():
            words = dict.fromkeys(word for model in its.models for word in model.words)
            its.vocabulary.extend(Spelt.of(word) for word in words if len(word) >= _SHORTEST_WORD)

    def find(self, make: Any, model: Any) -> Found:
        """Read a name; the same name always gives the same."""
        given = canonical_make(make)
        words = model_words(given, model)[:_WORDS]
        known = given if given in self._makes else self._misspelt_make(given)
        if known is None:
            return self._without_make(given, words)
        unknown = () if known == given else ("make",)
        if known != given:
            words = model_words(known, model)[:_WORDS]
        name = self._exact(known, "".join(words))
        if name:
            key = f"{known} {name}"
            return Found(known, self._words[key], key, NEAR if unknown else KNOWN, unknown)
        unknown = (*unknown, "model")
        name = self._near(self._makes[known], words)
        if name:
            key = f"{known} {name}"
            return Found(known, self._words[key], key, NEAR, unknown)
        other = self._leading_make(words)
        if other is not None:
            return other._replace(unknown=unknown)
        return Found(known, words, "", MAKE_ONLY, unknown)

    def _misspelt_make(self, given: str) -> str | None:
        found = nearest(given, self._spelt_makes, 1, _SHORTEST_MAKE)
        if found is not None and (len(found) >= _SHORTEST_OF_TWO_ERRORS or found[0] == given[0]):
            return found
        return nearest(given, self._spelt_makes, 2, _SHORTEST_OF_TWO_ERRORS + 2)

    def _without_make(self, given: str, words: tuple[str, ...]) -> Found:
        unknown = ("make", "model")
        found = self._leading_make(words)
        name = "".join(words)
        # A number, as in "Ferrari 458", says nothing without its make.
        make = "" if name.isdigit() or len(name) < _SHORTEST_WORD else self._makes_of.get(name, "")
        if found is None and make:
            key = f"{make} {name}"
            found = Found(make, self._words[key], key, NEAR, unknown)
        return (
            found._replace(unknown=unknown) if found else Found(given, words, "", NOTHING, unknown)
        )

    def _leading_make(self, words: tuple[str, ...]) -> Found | None:
        """What is known of a model that begins with a make: ``Dodge``, ``Ram 1500``."""
        for count in range(min(3, len(words) - 1), 0, -1):
            make = canonical_make(" ".join(words[:count]))
            if make in self._makes:
                rest = words[count:]
                name = self._exact(make, "".join(rest)) or self._near(self._makes[make], rest)
                if name:
                    key = f"{make} {name}"
                    return Found(make, self._words[key], key, NEAR, ())
        return None

    def _exact(self, make: str, name: str) -> str:
        if f"{make} {name}" in self._models:
            return name
        rest = name.removeprefix(make)
        return rest if rest != name and f"{make} {rest}" in self._models else ""

    def _near(self, make: _Make, words: tuple[str, ...]) -> str:
        name = "".join(words)
        if not name:
            return ""
        spelt = nearest(name, make.spelt, 1, _SHORTEST_MODEL)
        longer = _extended(make.models, words, name)
        # "Camry SE" is a Camry with something else, and no misspelt "Camry LE".
        if spelt and longer and len(spelt) == len(name) and sorted(spelt) != sorted(name):
            spelt = None
        if spelt or longer:
            return spelt or longer
        mended = tuple(_recovered(word, make.vocabulary) for word in words)
        return (
            (mended != words and _extended(make.models, mended, "".join(mended)))
            or nearest(name, make.spelt, 2, _SHORTEST_OF_TWO_ERRORS)
            or _related(make.models, mended)
        )


def _recovered(word: str, vocabulary: Sequence[Spelt]) -> str:
    if len(word) < _SHORTEST_WORD or word.isdigit():
        return word
    return nearest(word, vocabulary, 1, _SHORTEST_WORD) or word


def _extended(models: Iterable[_Model], words: tuple[str, ...], name: str) -> str:
    """The longest known name within a longer one: ``camry`` in ``camry se``."""
    best = ""
    for known in models:
        if len(known.name) > len(best) and known.name in name:
            count = len(known.words)
            if any(words[i : i + count] == known.words for i in range(len(words) - count + 1)) or (
                len(known.name) >= _SHORTEST_PART and name.startswith(known.name)
            ):
                best = known.name
    return best


def _related(models: Iterable[_Model], words: tuple[str, ...]) -> str:
    """The known name that begins with most of the same words: ``silverado 1500`` for ``silverado
    hd``; or that begins as a shortened one does."""
    best, found, name = 0, "", "".join(words)
    for known in models:
        common = 0
        for mine, its in zip(words, known.words, strict=False):
            if mine != its:
                break
            common += len(mine)
        if not common and len(name) >= _SHORTEST_PART and known.name.startswith(name):
            common = len(name)
        if common > best:
            best, found = common, known.name
    return found


def tokens(make: str, words: Sequence[str]) -> list[str]:
    """Return what may carry a price in a name: the make, the whole name, its words, neighbours
    among them, and the first words with the make, since a word alone can mean another car
    elsewhere (``ram 1500``, ``silverado 1500``)."""
    found = [f"make={make}", f"model={make} {''.join(words)}", *(f"word={word}" for word in words)]
    found += [f"pair={first} {second}" for first, second in pairwise(words)]
    found += [f"line={make} {' '.join(words[:count])}" for count in (1, 2) if len(words) >= count]
    return list(dict.fromkeys(found))


def worth(bag: Sequence[str], table: Mapping[str, float]) -> float:
    """Return the sum of what the tokens of a name are worth; unknown ones are worth nothing."""
    return float(sum(table.get(token, 0.0) for token in bag))
