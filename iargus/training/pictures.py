"""Pictures of an evaluation, as PNG, for the run in the registry. Nothing global, no screen."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from iargus.tasks.base import Problem, Task
from iargus.training import pictures_classification, pictures_regression
from iargus.training.evaluate import Evaluation


def draw(task: Task, rows: pd.DataFrame, evaluation: Evaluation) -> dict[str, bytes]:
    """PNG pictures by name; `rows` are those that the evaluation is of, in the same order."""
    figures: Mapping[str, Figure] = (
        pictures_regression.figures(task, rows, evaluation)
        if task.problem is Problem.REGRESSION
        else pictures_classification.figures(task, rows, evaluation)
    )
    return {name: _png(figure) for name, figure in figures.items()}


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without the name of the program and its version, equal figures are equal files.
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
