"""The intent of a sentence: a kind of task, `kind: text_intent`."""

from iargus.tasks.text_intent.task import TextIntent

__all__ = ["TextIntent"]
