"""One prediction before a model may serve: what cannot answer its own example is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iargus.clock import utc_now
from iargus.errors import ArtefactRejected
from iargus.tasks.base import Task

if TYPE_CHECKING:
    from iargus.serving.predictor import Predictor


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
