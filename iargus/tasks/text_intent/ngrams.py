"""TF-IDF of n-grams whose vocabulary is stored as one string."""

from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer

# A blank is the only white space in an n-gram: the analysers replace or split at all others.
SEPARATOR = "\n"


class NgramTfidf(TfidfVectorizer):  # type: ignore[misc]
    """A ``TfidfVectorizer`` that stores its vocabulary as one string in the order of columns.

    skops describes every entry of a dictionary by a JSON object of its own, which made 55 MB of
    60,000 n-grams; packed they take one.
    """

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        vocabulary = state.pop("vocabulary_", None)
        if vocabulary is not None:
            state["packed_vocabulary"] = SEPARATOR.join(sorted(vocabulary, key=vocabulary.get))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        packed = state.pop("packed_vocabulary", None)
        if packed is not None:
            ngrams = packed.split(SEPARATOR) if packed else []
            state["vocabulary_"] = {ngram: column for column, ngram in enumerate(ngrams)}
        super().__setstate__(state)
