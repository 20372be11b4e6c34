"""The text pipeline: probabilities, odd texts, rare classes, determinism, storage."""

import time

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from iargus.tasks.text_intent.pipeline import build_text_intent_pipeline
from iargus.tasks.text_intent.task import TextIntent

PLACES = ["paris", "lyon", "boston", "denver", "niort", "dallas", "nice", "oslo", "rome", "brest"]
PATTERNS = {
    "flight": ["show me a flight to {}", "i want to fly to {} tomorrow", "planes for {} please"],
    "hotel": ["a room in {}", "book a hotel near {}", "where can i sleep in {} tonight"],
    "café": ["un café à {}", "où boire un café près de {} ?", "cafés ouverts à {}"],
}


def sentences() -> tuple[list[str], list[str]]:
    pairs = [(p.format(c), k) for k, ps in PATTERNS.items() for p in ps for c in PLACES]
    return [text for text, _ in pairs], [label for _, label in pairs]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_text_intent_pipeline().fit(*sentences())


def test_unseen_sentences_with_typing_errors_find_their_intent(pipeline: Pipeline) -> None:
    texts = ["flihgt to tokyo", "hotels in madrid", "OU BOIRE UN CAFE A TOULOUSE"]
    assert pipeline.predict(texts).tolist() == ["flight", "hotel", "café"]


def test_case_and_accents_do_not_matter(pipeline: Pipeline) -> None:
    one, other = pipeline.predict_proba(["Où boire un CAFÉ à Nîmes", "ou boire un cafe a nimes"])
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "xyzzy", "\x00\n", "ﷺ" * 3_000, "日本語"])
def test_odd_texts_have_probabilities_that_sum_to_one(pipeline: Pipeline, text: str) -> None:
    probabilities = pipeline.predict_proba([text])
    assert probabilities.shape == (1, 3)
    assert np.all(probabilities >= 0)
    np.testing.assert_allclose(probabilities.sum(), 1.0, rtol=1e-12)


def test_a_text_that_says_nothing_is_not_sure(pipeline: Pipeline) -> None:
    nothing, something = pipeline.predict_proba(["", "book a hotel near paris"]).max(axis=1)
    assert nothing < 0.7 < something


def test_a_hundred_thousand_characters_are_quick_and_cut(pipeline: Pipeline) -> None:
    start = time.process_time()
    pipeline.predict_proba(["a flight to paris " * 6_000])
    assert time.process_time() - start < 0.5
    short = clone(pipeline).set_params(normalise__max_chars=10).fit(*sentences())
    one, other = short.predict_proba(["book a hot", "book a hotel near paris"])
    np.testing.assert_array_equal(one, other)


def test_missing_texts_are_empty_texts(pipeline: Pipeline) -> None:
    none, nan, empty = pipeline.predict_proba([None, float("nan"), ""])
    np.testing.assert_array_equal(none, empty)
    np.testing.assert_array_equal(nan, empty)


def test_classes_of_one_row_do_not_stop_the_fit() -> None:
    texts, labels = sentences()
    rare = build_text_intent_pipeline().fit([*texts, "sing a song"], [*labels, "music"])
    assert rare.predict_proba(["a flight"]).shape == (1, 4)
    assert rare.predict(["sing a song"]).tolist() == ["music"]


def test_twenty_rows_of_two_classes_are_enough() -> None:
    texts, labels = sentences()
    few = build_text_intent_pipeline().fit(texts[20:40], labels[20:40])
    assert few.predict(["a room in boston", "planes for niort please"]).tolist() == [
        "hotel",
        "flight",
    ]


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="two classes"):
        build_text_intent_pipeline().fit(["a b", "c d"] * 5, ["same"] * 10)


def test_numbers_can_be_labels() -> None:
    texts, labels = sentences()
    numbers = np.unique(labels, return_inverse=True)[1] + 20
    fitted = build_text_intent_pipeline().fit(texts, numbers)
    assert fitted.predict(["a flight to rome"])[0] in {20, 21, 22}


def test_confidence_is_calibrated_on_noisy_labels() -> None:
    texts, labels = sentences()
    rng = np.random.default_rng(0)
    names = np.unique(labels)
    noisy = np.where(
        rng.random(len(labels) * 8) < 0.3, rng.choice(names, len(labels) * 8), labels * 8
    )
    numbered = [f"{text} {i}" for i, text in enumerate(texts * 8)]
    half = len(noisy) // 2
    fitted = build_text_intent_pipeline().fit(numbered[:half], noisy[:half])
    top = fitted.predict_proba(numbered[half:]).max(axis=1)
    right = fitted.predict(numbered[half:]) == noisy[half:]
    assert abs(top.mean() - right.mean()) < 0.15


def test_two_fits_are_equal(pipeline: Pipeline) -> None:
    again = clone(pipeline).fit(*sentences())
    texts = sentences()[0][::7]
    np.testing.assert_array_equal(again.predict_proba(texts), pipeline.predict_proba(texts))


def test_the_pipeline_survives_skops_with_the_listed_types_only(pipeline: Pipeline) -> None:
    stored = skops.io.dumps(pipeline)
    assert set(skops.io.get_untrusted_types(data=stored)) <= set(TextIntent.trusted_types)
    loaded = skops.io.loads(stored, trusted=list(TextIntent.trusted_types))
    texts = ["", "hotel", *sentences()[0][::5]]
    np.testing.assert_array_equal(loaded.predict_proba(texts), pipeline.predict_proba(texts))
