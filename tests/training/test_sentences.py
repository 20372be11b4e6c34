"""The sentences of a fresh clone are distinct, clean, and enough to learn every intent from."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from iargus.training.seed import load_sentences

INTENTS = {
    "value_car",
    "sell_car",
    "find_car",
    "book_test_drive",
    "financing",
    "trade_in",
    "vehicle_history",
    "opening_hours",
    "other",
}


def test_columns_and_size() -> None:
    sentences = load_sentences()
    assert list(sentences.columns) == ["text", "label"]
    assert 700 <= len(sentences) <= 1_000
    assert not sentences.isna().any(axis=None)


def test_every_intent_has_enough_sentences_and_sizes_differ() -> None:
    counts = load_sentences()["label"].value_counts()
    assert set(counts.index) == INTENTS
    assert counts.min() >= 70
    assert counts.max() > 1.5 * counts.min()


def test_no_sentence_appears_twice_even_with_other_case_or_punctuation() -> None:
    text = load_sentences()["text"]
    bare = text.str.lower().str.replace(r"[^\w\s]", "", regex=True).str.split().str.join(" ")
    assert bare[bare.duplicated(keep=False)].tolist() == []


def test_sentences_are_clean_text_of_different_lengths() -> None:
    text = load_sentences()["text"]
    assert (text == text.str.strip()).all()
    assert text.map(str.isprintable).all()
    assert text.str.len().between(2, 160).all()
    words = text.map(lambda sentence: len(sentence.split()))
    assert words.min() == 1
    assert words.max() >= 15
    assert words.std() > 2


def test_intents_can_be_learnt_but_not_without_error() -> None:
    sentences = load_sentences()
    learnt, kept = train_test_split(
        sentences, test_size=0.25, stratify=sentences["label"], random_state=0
    )
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10, max_iter=500))
    model.fit(learnt["text"], learnt["label"])
    assert 0.78 < model.score(kept["text"], kept["label"]) < 0.97
