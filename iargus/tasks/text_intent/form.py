"""How text intent pipelines become bundles, and what those are held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from iargus.compiled.bundle import FloatArray, Payload
from iargus.compiled.form import CompiledForm
from iargus.compiled.synthetic_strings import blank, mutated, odd
from iargus.tasks.text_intent.bundle import TextBundle

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


_WORDS = 20_000
_LONGEST = 14  # words of an ordinary sentence
_LONG = 0.002  # share of sentences up to and beyond the length that is read
_ODD = 0.05


class TextForm(CompiledForm[TextBundle]):
    """A text intent pipeline."""

    kind = "text_intent"
    bundle_type = TextBundle
    largest_decides = True
    canaries = (
        {"text": "how much is my car worth"},
        {"text": "Où est l'hôtel le plus proche ?"},
        {"text": ""},
        {"text": "🙂🙂 日本語 ﷺ"},
        {"text": "book book book a flight " * 40},
        {"text": "x" * 300},
    )

    def compile(self, estimator: Pipeline) -> dict[str, bytes]:
        from iargus.tasks.text_intent.compilers import compile_text

        return compile_text(estimator)

    def reference(self, estimator: Pipeline, payloads: Sequence[Payload]) -> FloatArray:
        import pandas as pd

        found: FloatArray = estimator.predict_proba(pd.DataFrame(list(payloads), columns=["text"]))
        return found

    def synthetic_rows(self, bundle: TextBundle, seed: int) -> SyntheticTexts:
        return SyntheticTexts(bundle, seed)


class SyntheticTexts:
    """Sentences of known and odd words, from none to far too many: an endless, seeded source."""

    def __init__(self, bundle: TextBundle, seed: int) -> None:
        self._rng = rng = np.random.default_rng(seed)
        self._words = np.array(mutated(rng, bundle.words(), _WORDS), dtype=object)
        self._blanks = np.array([blank(rng) for _ in range(64)], dtype=object)

    def rows(self, count: int) -> list[dict[str, Any]]:
        """The next ``count`` rows."""
        return [{"text": text} for text in self._texts(count)]

    def _texts(self, count: int) -> list[Any]:
        rng = self._rng
        lengths = rng.integers(0, _LONGEST + 1, size=count)
        total = int(lengths.sum())
        words = self._words[rng.integers(len(self._words), size=total)]
        pieces = words + self._blanks[rng.integers(len(self._blanks), size=total)]
        ends = np.concatenate([[0], np.cumsum(lengths)]).tolist()
        found: list[Any] = ["".join(pieces[ends[i] : ends[i + 1]].tolist()) for i in range(count)]
        for i in np.flatnonzero(rng.random(count) < _ODD).tolist():
            found[i] = (None, odd(rng), float("nan"), odd(rng) + odd(rng))[rng.integers(4)]
        for i in np.flatnonzero(rng.random(count) < _LONG).tolist():
            found[i] = self._long()
        return found

    def _long(self) -> str:
        rng = self._rng
        kind = rng.integers(3)
        if kind == 0:  # one word without end
            return str(rng.choice(["x", "ab", "é", "ﷺ", "🙂"])) * int(rng.integers(10, 5000))
        words = self._words[rng.integers(len(self._words), size=int(rng.integers(20, 700)))]
        if kind == 1:  # the same again and again
            words = words[rng.integers(3, size=len(words))]
        return " ".join(words.tolist())[: int(rng.integers(100, 5001))]
