"""The probabilities of a sentence's intents, from a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from iargus.compiled.arrays import finite
from iargus.compiled.bundle import Bundle, FloatArray, Payload
from iargus.compiled.canonical_json import listed, number, whole
from iargus.compiled.errors import Refused
from iargus.compiled.files import Contents
from iargus.compiled.manifest import Manifest
from iargus.compiled.ngrams import Ngrams, Scores

Label = str | int | float
_MAX_CHARS = 100_000
_MAX_RANGE = 20
_CHUNK = 32


class Intents(NamedTuple):
    """Every label, in the order of the estimator, and its probability."""

    labels: tuple[Label, ...]
    probabilities: list[float]


class TextBundle(Bundle):
    """TF-IDF of n-grams and one matrix of weights."""

    def __init__(
        self, manifest: Manifest, labels: tuple[Label, ...], ngrams: Ngrams, scores: Scores
    ) -> None:
        super().__init__(manifest)
        self.labels, self._ngrams, self._scores = labels, ngrams, scores
        self._columns = ngrams.columns

    @classmethod
    def read(cls, manifest: Manifest, contents: Contents) -> Self:
        document = contents.document("text")
        labels = listed(document.get("labels"), "labels")
        if len(labels) < 2 or not all(type(label) in (str, int, float) for label in labels):
            raise Refused("labels are fewer than two, or neither texts nor numbers")
        words = _vocabulary(contents, "words", 0)
        characters = _vocabulary(contents, "characters", len(words))
        d, k = len(words) + len(characters), len(labels)
        temperature = number(document.get("temperature"), "temperature")
        if temperature <= 0:
            raise Refused("the temperature is not above zero")
        scores = Scores(
            finite(contents.array("idf", "<f8", (d,)), "idf.npy"),
            finite(contents.array("weights", "<f8", (d, k)), "weights.npy"),
            finite(contents.array("intercept", "<f8", (k,)), "intercept.npy"),
            temperature=temperature,
            words=len(words),
        )
        ngrams = Ngrams(
            words,
            characters,
            word_range=_range(document.get("word_range")),
            character_range=_range(document.get("character_range")),
            max_chars=whole(document.get("max_chars"), "max_chars", 1, _MAX_CHARS),
        )
        return cls(manifest, tuple(labels), ngrams, scores)

    def predict_one(self, payload: Payload) -> Intents:
        """Answer ``text``; what is no text counts as an empty one."""
        return Intents(self.labels, self._scores.one(self._columns(payload["text"])).tolist())

    def predict_many(self, payloads: Sequence[Payload]) -> list[Intents]:
        return [Intents(self.labels, shares) for shares in self.numbers(payloads).tolist()]

    def words(self) -> list[str]:
        """The n-grams of words that are known."""
        return self._ngrams.words()

    def numbers_of(self, answer: Intents) -> Sequence[float]:
        return answer.probabilities

    def numbers(self, payloads: Sequence[Payload]) -> FloatArray:
        found: FloatArray = np.empty((len(payloads), len(self.labels)))
        for start in range(0, len(payloads), _CHUNK):
            part = payloads[start : start + _CHUNK]
            columns = [self._columns(payload["text"]) for payload in part]
            found[start : start + _CHUNK] = self._scores.many(columns)
        return found


def _vocabulary(contents: Contents, name: str, start: int) -> Mapping[str, int]:
    ngrams = listed(contents.document(name).get("ngrams"), name)
    if not all(isinstance(ngram, str) for ngram in ngrams):
        raise Refused(f"{name}.json holds something that is no n-gram")
    found = {ngram: column for column, ngram in enumerate(ngrams, start)}
    if not ngrams or len(found) != len(ngrams):
        raise Refused(f"{name}.json is empty, or holds an n-gram twice")
    return found


def _range(value: object) -> tuple[int, int]:
    bounds = listed(value, "a range of n-grams")
    if len(bounds) != 2:
        raise Refused("a range of n-grams has two ends")
    shortest = whole(bounds[0], "the shortest n-gram", 1, _MAX_RANGE)
    return shortest, whole(bounds[1], "the longest n-gram", shortest, _MAX_RANGE)
