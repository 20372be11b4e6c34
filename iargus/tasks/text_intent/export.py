"""A fitted text intent pipeline as the files of a bundle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from iargus.compiled import canonical_json
from iargus.compiled.arrays import to_bytes
from iargus.compiled.errors import NotCompilable
from iargus.compiled.steps import only, step
from iargus.tasks.text_intent.classifier import IntentClassifier
from iargus.tasks.text_intent.ngrams import NgramTfidf
from iargus.tasks.text_intent.pipeline import TextNormaliser
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


def export_text(estimator: Pipeline) -> dict[str, bytes]:
    """Return the files by name.

    Raises:
        NotCompilable: a step is of another type or set in a way that bundles do not know.
    """
    only(estimator, ("normalise", "tfidf", "intent"))
    normaliser = step(estimator, "normalise", TextNormaliser)
    union = step(estimator, "tfidf", FeatureUnion)
    classifier = step(estimator, "intent", IntentClassifier)
    if union.transformer_weights or [name for name, _ in union.transformer_list] != [
        "words",
        "characters",
    ]:
        raise NotCompilable("tfidf: not one vectoriser of words and one of characters, unweighted")
    (_, words), (_, characters) = union.transformer_list
    _check(words, "tfidf.words", {"analyzer": "word", "token_pattern": WORD_OR_SIGN})
    _check(characters, "tfidf.characters", {"analyzer": "char_wb"})
    labels = classifier.classes_.tolist()
    if not all(
        type(label) in (str, int) or (type(label) is float and math.isfinite(label))
        for label in labels
    ):
        raise NotCompilable("intent: labels that are neither texts nor numbers")
    document = {
        "labels": labels,
        "temperature": float(classifier.temperature_),
        "max_chars": int(normaliser.max_chars),
        "word_range": list(words.ngram_range),
        "character_range": list(characters.ngram_range),
    }
    return {
        "text.json": canonical_json.dump(document),
        "words.json": _ngrams(words),
        "characters.json": _ngrams(characters),
        "idf.npy": to_bytes(np.concatenate([words.idf_, characters.idf_])),
        # One row per n-gram: a sentence needs a few rows of many.
        "weights.npy": to_bytes(np.asarray(classifier.coef_, dtype=np.float64).T),
        "intercept.npy": to_bytes(np.asarray(classifier.intercept_, dtype=np.float64)),
    }


def _check(vectoriser: object, where: str, settings: dict[str, Any]) -> None:
    if type(vectoriser) is not NgramTfidf:
        raise NotCompilable(f"{where}: a {type(vectoriser).__name__} has no form as a bundle")
    for name, wanted in {**_SETTINGS, **settings}.items():
        if getattr(vectoriser, name) != wanted:
            raise NotCompilable(f"{where}: {name} is {getattr(vectoriser, name)!r}, not {wanted!r}")


def _ngrams(vectoriser: NgramTfidf) -> bytes:
    vocabulary: dict[str, int] = vectoriser.vocabulary_
    return canonical_json.dump({"ngrams": sorted(vocabulary, key=vocabulary.__getitem__)})
