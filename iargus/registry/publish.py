"""A training and its model, logged and registered."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from iargus.registry import lookup, runs
from iargus.registry.connection import Connection
from iargus.registry.model_files import BUNDLE_FOLDER, write_model
from iargus.registry.trust import Trust
from iargus.registry.version import (
    FILE_DIGEST,
    RETRAINING,
    SIGNATURE,
    ModelVersion,
    TrainingRecord,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient


def publish(connection: Connection, training: TrainingRecord, trust: Trust) -> ModelVersion:
    """Log a run with its files, register the model and sign its version; no alias moves."""
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
            # What is signed are the digests made here, whatever the registry has made of them.
            version = replace(lookup.as_version(created, {}), task=training.task, tags=tags)
            # Only now is the number known. Whoever is cut off before this leaves a version that
            # nobody believes.
            return sign(client, version, trust)


def sign(client: MlflowClient, version: ModelVersion, trust: Trust) -> ModelVersion:
    """Vouch for a version, where there is a key; give it with its signature."""
    signature = trust.signature(version)
    if signature is None:
        return version
    client.set_model_version_tag(version.task, version.version, SIGNATURE, signature)
    return replace(version, tags={**version.tags, SIGNATURE: signature})


def _ensure_model(connection: Connection, task: str) -> None:
    from mlflow.exceptions import MlflowException

    if lookup.model(connection, task) is None:
        try:
            connection.client().create_registered_model(task)
        except MlflowException as error:
            # Another process was faster.
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
