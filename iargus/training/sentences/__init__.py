"""Sentences of our own for the intent task, so that a fresh clone has something to learn from."""

from iargus.training.sentences.load import load_sentences

__all__ = ["load_sentences"]
