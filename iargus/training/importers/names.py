"""Names under which the columns of examples are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import AliasChoices

from iargus.tasks.base import Problem, Task

LABEL = "label"
TIMESTAMP = "observed_at"

# As labelling tools, public sets and people call them; the task's own names come before these.
TEXT_NAMES = (
    *("text", "sentence", "query", "utterance", "utt", "question", "phrase", "message"),
    *("user_input", "input_text", "sentence_text", "texts", "sentences", "utterances", "questions"),
    *("comment", "review", "tweet", "prompt", "texte", "frage", "satz"),
)
LABEL_NAMES = (
    *("label", "intent", "category", "class", "target", "topic", "tag", "intent_name"),
    *("label_text", "label_name", "intent_label", "class_name", "labels", "intents", "categories"),
    *("categorie", "catégorie", "classe", "intention", "kategorie", "absicht", "étiquette"),
)


def fields_of(task: Task) -> tuple[str, ...]:
    """What `--column` may map for a task."""
    return (*task.features, LABEL, TIMESTAMP)


def text_feature(task: Task) -> str | None:
    """The one feature of a task that reads a text; None for other tasks."""
    if len(task.features) != 1 or task.problem is not Problem.CLASSIFICATION:
        return None
    info = task.input_model.model_fields.get(task.features[0])
    return task.features[0] if info is not None and info.annotation is str else None


def known_names(task: Task) -> Mapping[str, Sequence[str]]:
    """The names that each field is known under, the likeliest first."""
    text = text_feature(task)
    names: dict[str, Sequence[str]] = {}
    for name in task.features:
        others = TEXT_NAMES if name == text else ()
        names[name] = list(dict.fromkeys((name, *_aliases(task, name), *others)))
    taken = {alias for aliases in names.values() for alias in aliases}
    names[LABEL] = [name for name in LABEL_NAMES if name not in taken]
    names[TIMESTAMP] = [TIMESTAMP]
    return names


def request_name(task: Task, feature: str) -> str:
    """The name under which `input_model` takes a feature."""
    return next(iter(_aliases(task, feature)), feature)


def _aliases(task: Task, feature: str) -> list[str]:
    info = task.input_model.model_fields.get(feature)
    alias = None if info is None else info.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return [choice for choice in choices if isinstance(choice, str)]
