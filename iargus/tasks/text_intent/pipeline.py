"""The whole pipeline from a sentence to the probabilities of its intents."""

from collections.abc import Iterable
from typing import Any, Self

import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline

from iargus.tasks.text_intent.classifier import IntentClassifier
from iargus.text import WORD_OR_SIGN, normalised

# A blank is the only white space in an n-gram: the analysers replace or split at all others.
SEPARATOR = "\n"


class TextNormaliser(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Cut texts at ``max_chars``, casefold them and strip accents; (n,) texts to a list of n.

    The cut bounds the time of one answer. Missing values (None, NaN) become empty texts.
    """

    def __init__(self, max_chars: int = 2000) -> None:
        self.max_chars = max_chars

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:  # noqa: ARG002
        """Do nothing; there is nothing to learn."""
        return self

    def transform(self, X: Iterable[Any]) -> list[str]:
        """Return the normalised texts; of a table, its column ``text``."""
        if isinstance(X, pd.DataFrame):
            X = X["text"]
        return [normalised(text, self.max_chars) for text in X]

    def __sklearn_is_fitted__(self) -> bool:
        return True


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


def build_text_intent_pipeline(
    *,
    random_state: int = 0,
    max_chars: int = 2000,
    C: float = 30.0,
    class_weight_power: float = 0.5,
) -> Pipeline:
    """Return the unfitted pipeline: ``normalise``, ``tfidf`` (words and characters), ``intent``.

    ``fit`` takes texts and labels; ``predict_proba`` gives (n, k) probabilities.
    """
    words = NgramTfidf(
        lowercase=False, token_pattern=WORD_OR_SIGN, ngram_range=(1, 2), min_df=2, sublinear_tf=True
    )
    # Pieces of words survive typing errors and inflection.
    characters = NgramTfidf(
        lowercase=False, analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
    )
    classifier = IntentClassifier(
        C=C, class_weight_power=class_weight_power, random_state=random_state
    )
    return Pipeline(
        [
            ("normalise", TextNormaliser(max_chars=max_chars)),
            ("tfidf", FeatureUnion([("words", words), ("characters", characters)])),
            ("intent", classifier),
        ]
    )
