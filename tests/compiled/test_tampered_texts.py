"""What can be wrong with a bundle of sentences only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iargus.compiled.errors import Refused
from tests.compiled.forms import TEXT_FORM
from tests.compiled.seals import alter_array, alter_document, put

ARRAYS: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "NaN weight": ("weights.npy", put((0, 0), np.nan), "NaN"),
    "infinite idf": ("idf.npy", put(0, np.inf), "infinite"),
    "weights of fewer n-grams": ("weights.npy", lambda a: a[:-1], "shape"),
    "weights of fewer labels": ("weights.npy", lambda a: a[:, :-1], "shape"),
    "other weights": ("weights.npy", lambda a: a * 1.001, "canaries"),
    "intercept of fewer labels": ("intercept.npy", lambda a: a[:-1], "shape"),
}
DOCUMENTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "one label": ("text", {"labels": ["a"]}, "labels"),
    "label that is a list": ("text", {"labels": [[], []]}, "labels"),
    "no temperature": ("text", {"temperature": 0.0}, "temperature"),
    "n-grams of no length": ("text", {"word_range": [0, 2]}, "shortest"),
    "n-grams without end": ("text", {"character_range": [2, 10**9]}, "longest"),
    "texts without end": ("text", {"max_chars": 10**9}, "max_chars"),
    "n-gram twice": ("words", {"ngrams": ["a", "a"]}, "twice"),
    "n-gram that is a number": ("words", {"ngrams": [1]}, "no n-gram"),
    "no n-gram": ("characters", {"ngrams": []}, "empty"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_a_tampered_array_is_refused(name: str, text_folder: Path) -> None:
    file, change, message = ARRAYS[name]
    alter_array(text_folder, file, change)
    with pytest.raises(Refused, match=message):
        TEXT_FORM.load(text_folder)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_tampered_document_is_refused(name: str, text_folder: Path) -> None:
    file, change, message = DOCUMENTS[name]
    alter_document(text_folder, f"{file}.json", lambda raw: raw.update(change))
    with pytest.raises(Refused, match=message):
        TEXT_FORM.load(text_folder)
