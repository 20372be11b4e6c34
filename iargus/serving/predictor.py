"""Who answers: the bundle of a model, or its estimator where it has none, in a worker by a pool of
processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from iargus.compiled.bundle import Bundle
from iargus.serving.pool.pool import EstimatorPool
from iargus.tasks.base import Input, Payload, ReadRoute, Task

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    Source: TypeAlias = Bundle | EstimatorPool | Pipeline


def answers(task: Task, source: Source, inputs: Sequence[Input]) -> list[Payload]:
    """See `Task.answers`; the same from all."""
    if isinstance(source, Bundle):
        return task.bundle_answers(source, inputs)
    if isinstance(source, EstimatorPool):
        return source.answers(inputs)
    return task.answers(source, inputs)


def read_answer(task: Task, route: ReadRoute, source: Source, value: Input) -> Payload:
    """See `Task.read_answer`; the same from all."""
    if isinstance(source, Bundle):
        return task.bundle_read_answer(route, source, value)
    if isinstance(source, EstimatorPool):
        return source.read_answer(route, value)
    return task.read_answer(route, source, value)


def is_quick(task: Task, source: Source, inputs: Sequence[Input]) -> bool:
    """Whether the answer takes less than handing it to a thread."""
    return isinstance(source, Bundle) and len(inputs) == 1 and task.is_quick(inputs[0])
