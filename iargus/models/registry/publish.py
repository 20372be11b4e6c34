"""A training and its model, logged and registered."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from iargus.models.registry import lookup, runs
from iargus.models.registry.connection import Connection
from iargus.models.registry.model_files import BUNDLE_FOLDER, write_model
from iargus.models.registry.version import FILE_DIGEST, RETRAINING, ModelVersion, TrainingRecord


def publish(connection: Connection, training: TrainingRecord) -> ModelVersion:
    """Log a run with its files and register the model; no alias moves."""
    with (
        tempfile.TemporaryDirectory(prefix="iargus-model-") as place,
        connection.translated("register a model") as client,
    ):
        directory = Path(place) / "model"
        digest = write_model(training, directory)
        tags = {**training.tags, "sha256": digest}
        tags |= training.compiled(directory / BUNDLE_FOLDER, digest)
        for name, text in training.files.items():
            (directory / name).write_text(text, encoding="utf-8")
            tags[FILE_DIGEST + name] = hashlib.sha256(text.encode()).hexdigest()
        # From its first moment the run says what it belongs to: should this be cut off, nothing
        # else could.
        kind = {"iargus.kind": "training"}
        if RETRAINING in tags:
            kind[RETRAINING] = tags[RETRAINING]
        with (
            connection.write_lock(),
            runs.run(connection, client, training.task, training.run_name, kind) as run,
        ):
            runs.log(
                client,
                run,
                params=training.params,
                metrics=training.metrics,
                pictures=training.pictures,
            )
            client.log_artifacts(run, str(directory), "model")
            _ensure_model(connection, training.task)
            # By the run's own folder, not by MLflow 3's logged models, which Azure ML lacks.
            created = client.create_model_version(
                training.task, source=f"runs:/{run}/model", run_id=run, tags=tags
            )
    return lookup.as_version(created, {})


def _ensure_model(connection: Connection, task: str) -> None:
    from mlflow.exceptions import MlflowException

    if lookup.model(connection, task) is None:
        try:
            connection.client().create_registered_model(task)
        except MlflowException as error:
            # Another process was faster.
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
