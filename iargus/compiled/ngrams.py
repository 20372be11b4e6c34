"""A linear model over the TF-IDF of n-grams, with the roundings of scikit-learn and scipy.

The n-grams are those that scikit-learn's analysers find. Sums are taken one by one in the order of
columns, as compiled code does; numpy's own would add in pairs and differ in the last digit.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from math import sqrt
from sys import byteorder

import numpy as np
import numpy.typing as npt

from iargus.text import WORD_OR_SIGN, normalised

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int64]

_tokens = re.compile(WORD_OR_SIGN).findall

_WORDS = 8192  # distinct words whose n-grams are kept
_LONG = 32  # characters; longer words are rarely met twice, and have many n-grams
_COUNTS = 4096
_BYTES = 8  # of a column
# Below and above all columns.
_FIRST, _LAST = (-1).to_bytes(_BYTES, byteorder, signed=True), (2**62).to_bytes(_BYTES, byteorder)


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


class Scores:
    """Weights (d, k) of d n-grams, of which the first ``words`` are of words, for k labels.

    Args:
        idf: (d,) weight of an n-gram, the rarer the higher.
        weights: (d, k).
        intercept: (k,).
        temperature: above zero; scores are divided by it.
    """

    def __init__(
        self,
        idf: FloatArray,
        weights: FloatArray,
        intercept: FloatArray,
        *,
        temperature: float,
        words: int,
    ) -> None:
        self._idf, self._weights, self._intercept = idf, weights, intercept
        self._temperature, self._words = temperature, words
        # log(count) + 1 of the counts that are met, and nothing for no count.
        self._damped: FloatArray = np.concatenate([[0.0], np.log(np.arange(1.0, _COUNTS)) + 1.0])

    def one(self, columns: bytes) -> FloatArray:
        """Return (k,) probabilities of a sentence with these columns (`Ngrams.columns`)."""
        if not columns:
            return self._softmax(0.0 + self._intercept)
        at, count = _counted(np.frombuffer(_FIRST + columns + _LAST, dtype=np.int64).copy())
        value = self._damp(count)
        value *= self._idf.take(at)
        split = at.searchsorted(self._words)
        for part in (value[:split], value[split:]):
            if len(part):
                np.divide(part, sqrt(np.add.accumulate(part * part)[-1]), out=part)
        rows = self._weights.take(at, axis=0)
        rows *= value[:, np.newaxis]
        return self._softmax(np.add.reduce(rows, axis=0) + self._intercept)

    def many(self, columns: Sequence[bytes]) -> FloatArray:
        """Return (n, k) probabilities of n sentences, the same as `one` for each."""
        d, n = len(self._idf), len(columns)
        key = np.frombuffer(b"".join([_FIRST, *columns, _LAST]), dtype=np.int64).copy()
        key[1:-1] += d * np.repeat(np.arange(n), [len(found) // _BYTES for found in columns])
        key, count = _counted(key)
        sentence, at = np.divmod(key, d)
        value = self._damp(count)
        value *= self._idf.take(at)
        # Words and characters have a norm of their own; bincount adds one by one.
        half = 2 * sentence + (at >= self._words)
        value /= np.sqrt(np.bincount(half, weights=value * value, minlength=2 * n))[half]
        rows = self._weights.take(at, axis=0)
        rows *= value[:, np.newaxis]
        ends = np.searchsorted(sentence, np.arange(n + 1)).tolist()
        scores: FloatArray = np.zeros((n, len(self._intercept)))
        for i in range(n):
            np.add.reduce(rows[ends[i] : ends[i + 1]], axis=0, out=scores[i])
        scores += self._intercept
        scores /= self._temperature
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= np.add.reduce(scores, axis=1, keepdims=True)
        return scores

    def _damp(self, count: IndexArray) -> FloatArray:
        try:
            return self._damped.take(count)
        except IndexError:
            found: FloatArray = np.log(count.astype(np.float64)) + 1.0
            return found

    def _softmax(self, scores: FloatArray) -> FloatArray:
        # Reductions by their ufunc: the methods of arrays take twice as long for a few numbers.
        scores /= self._temperature
        scores -= np.maximum.reduce(scores)
        shares: FloatArray = np.exp(scores, out=scores)
        shares /= np.add.reduce(shares)
        return shares


def _counted(key: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return the different keys in order and how often each is there; ``_FIRST`` and ``_LAST``
    are among them, and are not counted."""
    key.sort()
    edges = (key[1:] != key[:-1]).nonzero()[0]
    starts = edges[:-1]
    return key[1:].take(starts), edges[1:] - starts
