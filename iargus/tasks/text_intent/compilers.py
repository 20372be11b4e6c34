"""Compilers of the parts of a text intent pipeline, by type: a linear model over n-grams."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion

from iargus.compiled.compilers import Part, compile_pipeline, compiler_of
from iargus.compiled.errors import NotCompilable
from iargus.tasks.text_intent.classifier import IntentClassifier
from iargus.tasks.text_intent.pipeline import NgramTfidf, TextNormaliser
from iargus.text import WORD_OR_SIGN

# What a vectoriser must be set to, beside its range of n-grams, for `Ngrams` and `Scores` to be it.
_SETTINGS: dict[str, Any] = {
    "lowercase": False,
    "strip_accents": None,
    "preprocessor": None,
    "tokenizer": None,
    "stop_words": None,
    "binary": False,
    "norm": "l2",
    "use_idf": True,
    "sublinear_tf": True,
    "dtype": np.float64,
    "input": "content",
}


def compile_text(estimator: Any) -> dict[str, bytes]:
    """The files of a text intent pipeline by name.

    Raises:
        NotCompilable: see `compile_pipeline`.
    """
    return compile_pipeline(estimator, "normalise", "tfidf", "intent").to_files("text")


@compiler_of(TextNormaliser)
def _normaliser(normaliser: TextNormaliser, _: str) -> Part:
    return Part({"max_chars": int(normaliser.max_chars)})


@compiler_of(FeatureUnion)
def _words_and_characters(union: FeatureUnion, where: str) -> Part:
    names = [name for name, _ in union.transformer_list]
    if union.transformer_weights or names != ["words", "characters"]:
        raise NotCompilable(
            f"{where}: not one vectoriser of words and one of characters, unweighted"
        )
    (_, words), (_, characters) = union.transformer_list
    _check(words, f"{where}.words", {"analyzer": "word", "token_pattern": WORD_OR_SIGN})
    _check(characters, f"{where}.characters", {"analyzer": "char_wb"})
    return Part(
        {"word_range": list(words.ngram_range), "character_range": list(characters.ngram_range)},
        {
            "words": _ngrams(words),
            "characters": _ngrams(characters),
            "idf": np.concatenate([words.idf_, characters.idf_]),
        },
    )


@compiler_of(IntentClassifier)
def _linear(classifier: IntentClassifier, where: str) -> Part:
    labels = classifier.classes_.tolist()
    if not all(
        type(label) in (str, int) or (type(label) is float and math.isfinite(label))
        for label in labels
    ):
        raise NotCompilable(f"{where}: labels that are neither texts nor numbers")
    return Part(
        {"labels": labels, "temperature": float(classifier.temperature_)},
        {
            # One row per n-gram: a sentence needs a few rows of many.
            "weights": np.asarray(classifier.coef_, dtype=np.float64).T,
            "intercept": np.asarray(classifier.intercept_, dtype=np.float64),
        },
    )


def _check(vectoriser: object, where: str, settings: dict[str, Any]) -> None:
    if type(vectoriser) is not NgramTfidf:
        raise NotCompilable(f"{where}: a {type(vectoriser).__name__} has no form as a bundle")
    for name, wanted in {**_SETTINGS, **settings}.items():
        if getattr(vectoriser, name) != wanted:
            raise NotCompilable(f"{where}: {name} is {getattr(vectoriser, name)!r}, not {wanted!r}")


def _ngrams(vectoriser: NgramTfidf) -> dict[str, list[str]]:
    vocabulary: dict[str, int] = vectoriser.vocabulary_
    return {"ngrams": sorted(vocabulary, key=vocabulary.__getitem__)}
