"""A column of texts as the number of rows that hold each word or pair of words. Pure, mergeable.

A new kind of message brings words of its own: 50 messages about trains among 1,000 are no news to
any average, and hold "train" 40 times where 0 were expected. That is also what tells a person
what is new. The texts are read as one, and words become numbers at once, which is two to three
times as fast as text by text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iargus.monitoring.stats.drift.homogeneity import shares_differ
from iargus.text import without_accents

MOST_WORDS = 20_000  # and pairs of words, that are kept
STORED_FROM = 3  # texts: what fewer people wrote may be a name or a number, and is not stored
_PART = 100_000  # texts that are counted at a time
LONGEST_TEXT = 2000  # characters that are read of each text, as by the model
LONGEST_WORD = 40
_BETWEEN = "\0"  # two texts; never part of a word
_NO_WORD = re.compile(r"\W")

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class WordSummary:
    """`counts`: in how many of `rows` texts a word, or two words in a row, occur; those that were
    dropped occur in at most `dropped` texts each."""

    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    dropped: int = 0

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        summary, rest = cls(), iter(texts)
        while part := list(islice(rest, _PART)):
            rows, counts, dropped = count_words(part, most=MOST_WORDS)
            summary = summary.merge(cls(rows, counts, dropped))
        return summary

    def merge(self, other: Self) -> Self:
        """The summary of both columns one after the other."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        dropped = self.dropped + other.dropped
        return type(self)(self.rows + other.rows, counts, dropped).shortened()

    def shortened(self) -> Self:
        if len(self.counts) <= 2 * MOST_WORDS:
            return self
        ranked = Counter(self.counts).most_common()
        return type(self)(
            self.rows, dict(ranked[:MOST_WORDS]), self.dropped + ranked[MOST_WORDS][1]
        )

    def to_json(self) -> dict[str, Any]:
        kept = {word: count for word, count in self.counts.items() if count >= STORED_FROM}
        dropped = max(self.dropped, STORED_FROM - 1)
        return {"rows": self.rows, "counts": kept, "dropped": dropped}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return cls(int(document["rows"]), dict(document["counts"]), int(document["dropped"]))


@dataclass(frozen=True)
class WordChange:
    """The words whose share of the texts has changed most, the surest first."""

    p_value: float
    effect: float
    words: tuple[str, ...] = ()


def compare_words(reference: WordSummary, current: WordSummary, *, floor: float) -> WordChange:
    """Compare the share of texts that hold each word; Bonferroni over all words tested.

    A word is tested when so many texts hold it that its share can have changed by `floor`
    (Tarone 1990, Biometrics 46, 515): the choice depends on both samples together only. The
    effect is the largest change of a share among the words that changed significantly at 5 %.
    """
    n, m = reference.rows, current.rows
    if min(n, m) == 0:
        return WordChange(1.0, 0.0)
    smallest = max(2.0, floor * min(n, m))
    names = sorted(reference.counts.keys() | current.counts.keys())
    r = np.array([reference.counts.get(name, reference.dropped) for name in names], np.float64)
    c = np.array([current.counts.get(name, current.dropped) for name in names], np.float64)
    tested = (r + c >= smallest) & (r <= n) & (c <= m)
    if not tested.any():
        return WordChange(1.0, 0.0)
    p_values = np.minimum(1.0, shares_differ(r[tested], n, c[tested], m) * tested.sum())
    change = np.abs(c[tested] / m - r[tested] / n)
    names = [name for name, use in zip(names, tested, strict=True) if use]
    large = np.flatnonzero((change >= floor) & (p_values <= 0.05))
    if not large.size:
        return WordChange(float(p_values.min()), 0.0)
    best = large[np.lexsort((-change[large], p_values[large]))]
    return WordChange(
        float(p_values[best[0]]), float(change[best[0]]), tuple(names[i] for i in best[:5])
    )


class _Folded(dict[int, str]):
    """What `without_accents` makes of each character, which it treats one by one; a blank for
    what is part of no word."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _NO_WORD.sub(" ", without_accents(chr(code)))
        return folded


_FOLDED = _Folded({ord(_BETWEEN): _BETWEEN})


def count_words(texts: Sequence[str], *, most: int) -> tuple[int, dict[str, int], int]:
    """The number of texts, in how many of them each word or pair of words occurs, and in how many
    at most those that were dropped: the `most` commonest are kept where there are twice as many."""
    words, place, names = _words(texts)
    if not len(words):
        return len(texts), {}, 0
    # Two words in a row of the same text; a number for each pair.
    same = place[1:] == place[:-1]
    pairs, firsts = pd.factorize(words[:-1][same] * len(names) + words[1:][same])
    counts = np.r_[
        _texts_with(words, place, len(names)), _texts_with(pairs, place[1:][same], len(firsts))
    ]
    chosen, dropped = np.flatnonzero(counts), 0
    if len(counts) > 2 * most:
        ranked = np.argsort(-counts, kind="stable")
        chosen, dropped = ranked[:most], int(counts[ranked[most]])
    found: dict[str, int] = {}
    for number, count in zip(chosen.tolist(), counts[chosen].tolist(), strict=True):
        if number < len(names):
            found[names[number]] = count
        else:
            first, second = divmod(int(firsts[number - len(names)]), len(names))
            found[f"{names[first]} {names[second]}"] = count
    return len(texts), found, dropped


def _words(texts: Sequence[str]) -> tuple[Numbers, Numbers, list[str]]:
    """The number of every word, the place of its text, and the words by number."""
    whole = f" {_BETWEEN} ".join([text[:LONGEST_TEXT].replace(_BETWEEN, " ") for text in texts])
    found: Any = np.array([_BETWEEN, *whole.translate(_FOLDED).split()], dtype=object)
    codes, distinct = pd.factorize(found)
    if any(len(word) > LONGEST_WORD for word in distinct):
        shorter, distinct = pd.factorize(np.array([w[:LONGEST_WORD] for w in distinct], object))
        codes = shorter[codes]
    # The number zero stands between texts.
    place = np.cumsum(codes == 0)
    return codes[codes > 0], place[codes > 0], list(distinct)


def _texts_with(items: Numbers, place: Numbers, size: int) -> Numbers:
    """In how many texts each of `size` items occurs."""
    order = np.sort(place * size + items)
    first = np.r_[True, order[1:] != order[:-1]][: len(order)]
    return np.bincount(order[first] % size, minlength=size) if size else order
