"""Estimators that scikit-learn itself serves, because `config.yml` allows it."""

from __future__ import annotations

from pathlib import Path

from iargus.errors import ArtefactRejected
from iargus.serving.canary import check_example
from iargus.serving.predictor import EstimatorPredictor
from iargus.tasks.base import Task


def load_uncompiled(task: Task, path: Path, sha256: str) -> EstimatorPredictor:
    """Load the file and try it on the task's example.

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
