"""Names of cars and states to the numbers that the trees read: fitted, and read from a bundle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from iargus.compiled.canonical_json import named, number, whole
from iargus.compiled.errors import Refused
from iargus.tasks.car_price.canonical import canonical_state
from iargus.tasks.car_price.estimator.known_names import NOTHING, Found, KnownNames, tokens, worth

RANKS = ("state_codes", "make_ranks", "model_ranks")
WORTHS = ("word_level", "word_slope")
_MAX_CODES = 254  # a histogram of 255 bins keeps one for "missing"
_MAX_RANK = 1_000_000
_MAX_CHARS = 1_000  # of the words of a model


class ReadName(NamedTuple):
    """What a name was read as.

    Attributes:
        columns: code of the make, code of the model, level and slope.
        trust: which margins it has.
        unknown: which of ``make`` and ``model`` the training had not seen.
    """

    columns: tuple[float, float, float, float]
    trust: int
    unknown: tuple[str, ...]


class CarNames:
    """The fitted tables of a `NameEncoder`, and what finds a name in them."""

    def __init__(
        self,
        ranks: Mapping[str, Mapping[str, int]],
        worths: Mapping[str, Mapping[str, float]],
        known: KnownNames,
    ) -> None:
        self.state_codes, self.make_ranks, self.model_ranks = (ranks[name] for name in RANKS)
        self._level, self._slope = (worths[name] for name in WORTHS)
        self.known = known

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> CarNames:
        """Build them from JSON.

        Raises:
            Refused: a table is missing, a rank or a number is none.
        """
        ranks = {table: named(document.get(table), table) for table in RANKS}
        for table, found in ranks.items():
            for name, rank in found.items():
                whole(rank, f"{table} of {name!r}", 0, _MAX_RANK)
        worths = {table: named(document.get(table), table) for table in WORTHS}
        for table, tokens_of in worths.items():
            for name, value in tokens_of.items():
                number(value, f"{table} of {name!r}")
        words = named(document.get("model_words"), "model_words")
        if set(words) != set(ranks["model_ranks"]) or not all(
            isinstance(text, str) and len(text) <= _MAX_CHARS for text in words.values()
        ):
            raise Refused("model_words has not the words of every model")
        return cls(ranks, worths, KnownNames(ranks["make_ranks"], ranks["model_ranks"], words))

    def state(self, state: Any) -> float:
        """The code of a state; NaN for an unknown one."""
        return _code(self.state_codes.get(canonical_state(state)), self.state_codes)

    def knows_state(self, state: Any) -> bool:
        """Whether a state is one of those of the training, or none is given."""
        name = canonical_state(state)
        return not name or not self.state_codes or name in self.state_codes

    def car(self, make: Any, model: Any) -> ReadName:
        """What is known of a name."""
        found = self.known.find(make, model)
        rank = self.make_ranks.get(found.make) if found.trust < NOTHING else None
        columns = (
            _code(rank, self.make_ranks),
            _code(self.model_ranks.get(found.key), self.model_ranks),
            *self.worth(found),
        )
        return ReadName(columns, found.trust, found.unknown)

    def worth(self, found: Found) -> tuple[float, float]:
        """Level and slope of a name that was found."""
        bag = tokens(found.make, found.words)
        return worth(bag, self._level), worth(bag, self._slope)


def _code(found: int | None, ranks: Mapping[str, int]) -> float:
    # Trees refuse a categorical column without any category, hence the 0; and one of too many.
    if not ranks:
        return 0.0
    return math.nan if found is None or found >= _MAX_CODES else float(found)
