"""What answers for a loaded model: its bundle in this process, or scikit-learn in others.

What cannot answer its own example does not serve.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from iargus.clock import utc_now
from iargus.compiled.bundle import Bundle
from iargus.errors import ArtefactRejected
from iargus.tasks.base import Input, Payload, ReadRoute, Task

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


class Predictor(Protocol):
    """One version of a task's model, whatever it is made of.

    `in_process` is True where the calling thread computes, and False where it waits for a process
    that has a queue of its own.
    """

    in_process: bool

    def predict(self, inputs: Sequence[Input]) -> list[Payload]:
        """One mapping for each input: all fields of `Task.output_model` except `model_version` and
        `prediction_id`."""
        ...

    def read(self, route: ReadRoute, value: Input) -> Payload:
        """The answer of one of `Task.read_routes`."""
        ...

    def is_fast(self, inputs: Sequence[Input]) -> bool:
        """Whether the answer takes less than handing it to a thread."""
        ...


class CompiledPredictor:
    """Answers from a bundle, without scikit-learn."""

    in_process = True

    def __init__(self, task: Task, bundle: Bundle) -> None:
        self._task = task
        self.bundle = bundle

    def predict(self, inputs: Sequence[Input]) -> list[Payload]:
        """See `Predictor.predict`."""
        return self._task.predict_compiled(self.bundle, inputs)

    def read(self, route: ReadRoute, value: Input) -> Payload:
        """See `Predictor.read`."""
        return self._task.predict_read_compiled(route, self.bundle, value)

    def is_fast(self, inputs: Sequence[Input]) -> bool:
        """See `Predictor.is_fast`."""
        return len(inputs) == 1 and self._task.is_fast(inputs[0])


class EstimatorPredictor:
    """Answers from the estimator itself, in a process that has scikit-learn."""

    in_process = True

    def __init__(self, task: Task, estimator: Pipeline) -> None:
        self._task = task
        self.estimator = estimator

    def predict(self, inputs: Sequence[Input]) -> list[Payload]:
        """See `Predictor.predict`."""
        return self._task.predict(self.estimator, inputs)

    def read(self, route: ReadRoute, value: Input) -> Payload:
        """See `Predictor.read`."""
        return self._task.predict_read(route, self.estimator, value)

    def is_fast(self, inputs: Sequence[Input]) -> bool:  # noqa: ARG002
        """See `Predictor.is_fast`."""
        return False


def check_example(task: Task, predictor: Predictor) -> None:
    """Answer the task's example, and check that the answer has the form of its output.

    Raises:
        ArtefactRejected: the model fails on it.
    """
    try:
        value = task.parse_input(task.example(), today=utc_now().date())
        (answer,) = predictor.predict([value])
        task.output_model.model_validate(
            {**answer, "model_version": "0", "prediction_id": "canary"}
        )
    # Another version of a library, another task's model: a foreign estimator fails anyhow.
    except Exception as error:
        raise ArtefactRejected(
            f"the model does not answer the example of {task.name}: {type(error).__name__}: {error}"
        ) from error


def load_uncompiled(task: Task, path: Path, sha256: str) -> EstimatorPredictor:
    """Load the skops file `path` that scikit-learn itself serves, and try it on the example.

    Raises:
        ArtefactRejected: the task may not be served so, or the file is not what it should be.
    """
    if not task.policy.serve_uncompiled:
        raise ArtefactRejected(
            f"it was placed without a bundle, and tasks.{task.name}.serve_uncompiled is false; the "
            "sync process places it anew"
        )
    # Imported here: it brings scikit-learn, which a worker does without.
    from iargus.registry import artefact

    estimator = artefact.load(path, sha256=sha256, trusted_types=task.trusted_types)
    predictor = EstimatorPredictor(task, estimator)
    check_example(task, predictor)
    return predictor
