"""Sentences to the columns of their n-grams, as scikit-learn's analysers find them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from functools import lru_cache, partial

from iargus.text import WORD_OR_SIGN, normalised

_tokens = re.compile(WORD_OR_SIGN).findall

_WORDS = 8192  # distinct words whose n-grams are kept
_LONG = 32  # characters; longer words are rarely met twice, and have many n-grams


class Ngrams:
    """Words (and sequences of them), and pieces of blank-separated words with their edges.

    Args:
        words, characters: the column of each n-gram, counted through both.
        word_range, character_range: the shortest and the longest n-grams.
        max_chars: where texts are cut.
    """

    def __init__(
        self,
        words: Mapping[str, int],
        characters: Mapping[str, int],
        *,
        word_range: tuple[int, int],
        character_range: tuple[int, int],
        max_chars: int,
    ) -> None:
        self._words = words
        self._word_range = word_range
        self._max_chars = max_chars
        # No method of this object is in the cache: a model that was swapped out is to go with its
        # last reference, not when the collector of cycles comes by.
        self._pieces = partial(_pieces, characters, character_range)
        self._kept = lru_cache(_WORDS)(self._pieces)

    def words(self) -> list[str]:
        """The n-grams of words that are known."""
        return list(self._words)

    def columns(self, text: object) -> bytes:
        """The columns of all known n-grams of a text, repeated as often as they are there, as
        native integers of 64 bits: bytes are put together quicker than lists or arrays."""
        plain = normalised(text, self._max_chars)
        if not plain:
            return b""
        found = array("q")
        known, tokens = self._words.get, _tokens(plain)
        shortest, longest = self._word_range
        for n in range(shortest, min(longest, len(tokens)) + 1):
            grams = (
                tokens
                if n == 1
                else map(" ".join, zip(*(tokens[at:] for at in range(n)), strict=False))
            )
            found.extend([column for gram in grams if (column := known(gram)) is not None])
        kept, pieces = self._kept, self._pieces
        return found.tobytes() + b"".join(
            [kept(word) if len(word) <= _LONG else pieces(word) for word in plain.split()]
        )


def _pieces(characters: Mapping[str, int], lengths: tuple[int, int], word: str) -> bytes:
    shortest, longest = lengths
    known, padded = characters.get, f" {word} "
    size = len(padded)
    found = [
        column
        # A word that is whole in one n-gram is counted once.
        for n in range(shortest, min(longest, max(shortest, size)) + 1)
        for at in range(max(size - n, 0) + 1)
        if (column := known(padded[at : at + n])) is not None
    ]
    return array("q", found).tobytes()
