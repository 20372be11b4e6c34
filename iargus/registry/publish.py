"""A trained model: written, logged, registered and signed, as a whole or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

from iargus.errors import ArtefactRejected
from iargus.registry import artefact, lookup, runs
from iargus.registry.connection import Connection
from iargus.registry.download import BUNDLE_FOLDER, MODEL_FILE, MODEL_FOLDER, fetch
from iargus.registry.trust import Trust
from iargus.registry.version import FILE_DIGEST, RETRAINING, SIGNATURE, ModelVersion, TrainingRecord

if TYPE_CHECKING:
    from mlflow import MlflowClient

_REQUIREMENTS = ("scikit-learn", "skops", "pandas", "numpy", "scipy")
_READY = "READY"
_TYPES = {"i": "long", "u": "long", "f": "double"}  # of MLflow, by the kind of a dtype of NumPy


def publish(connection: Connection, training: TrainingRecord, trust: Trust) -> ModelVersion:
    """Log a run with its files, register the model and sign its version; no alias moves."""
    with (
        tempfile.TemporaryDirectory(prefix="iargus-model-") as place,
        connection.translated("register a model") as client,
    ):
        directory = Path(place) / MODEL_FOLDER
        digest = _write_model(training, directory)
        tags = {**training.tags, "sha256": digest}
        tags |= training.compiled(directory / BUNDLE_FOLDER, digest)
        for name, text in training.files.items():
            (directory / name).write_text(text, encoding="utf-8")
            tags[FILE_DIGEST + name] = hashlib.sha256(text.encode()).hexdigest()
        # The run carries its key from the start: of a registration that is cut off, it is all
        # that says what it belongs to.
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
            client.log_artifacts(run, str(directory), MODEL_FOLDER)
            if lookup.model(connection, training.task) is None:
                connection.create_once(lambda: client.create_registered_model(training.task))
            # By the run's own folder, not by MLflow 3's logged models, which Azure ML lacks.
            created = client.create_model_version(
                training.task, source=f"runs:/{run}/{MODEL_FOLDER}", run_id=run, tags=tags
            )
            # What is signed are the digests made here, whatever the registry has made of them.
            version = replace(lookup.as_version(created, {}), task=training.task, tags=tags)
            # Only now is the number known. A version that was cut off before this is unsigned, and
            # rejected.
            return sign(client, version, trust)


def sign(client: MlflowClient, version: ModelVersion, trust: Trust) -> ModelVersion:
    """Sign a version, where there is a key; return it with its signature."""
    signature = trust.signature(version)
    if signature is None:
        return version
    client.set_model_version_tag(version.task, version.version, SIGNATURE, signature)
    return replace(version, tags={**version.tags, SIGNATURE: signature})


def _write_model(training: TrainingRecord, directory: Path) -> str:
    """Write the model into `directory`, which must not exist yet; return the file's SHA-256.

    `mlflow.pyfunc.load_model` reads it where `iargus` is importable. Every feature is a required
    column, in which values may be missing: whole numbers without gaps are `long`, other numbers
    `double`, everything else `string`.
    """
    # Imported here: finding and fetching versions needs none of it.
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    def column(values: pd.Series, name: str | None = None) -> ColSpec:
        return ColSpec(DataType[_TYPES.get(values.dtype.kind, "string")], name)

    sample = training.sample
    signature = ModelSignature(
        inputs=Schema([column(sample[name], str(name)) for name in sample]),
        outputs=Schema([column(pd.Series(training.estimator.predict(sample)))]),
    )
    # Checked against our list before MLflow writes its own copy of it.
    staged = directory.with_name(directory.name + ".skops")
    digest = artefact.save(training.estimator, staged)
    artefact.load(staged, sha256=digest, trusted_types=training.trusted_types)
    mlflow.sklearn.save_model(
        training.estimator,
        str(directory),
        serialization_format="skops",
        skops_trusted_types=list(training.trusted_types),
        signature=signature,
        pip_requirements=[f"{name}=={installed_version(name)}" for name in _REQUIREMENTS],
    )
    # MLflow's file differs from run to run (addresses, times); ours has a reproducible digest.
    staged.replace(directory / MODEL_FILE)
    return digest


def recover(connection: Connection, task: str, key: str, trust: Trust) -> ModelVersion | None:
    """Find the version that carries the tag `iargus.retraining` with this key, or None.

    What a registration that was cut off has left is deleted, so that it can be made again: a run
    without a version, and a version that is not ready or not signed, or whose file is missing or
    altered. A version whose run was not closed is whole; its run is closed.
    """
    whole: ModelVersion | None = None
    with connection.translated("look for a retraining") as client, connection.write_lock():
        for version in lookup.versions(connection, task):
            if version.tags.get(RETRAINING) != key:
                continue
            if whole is None and _is_whole(connection, version, trust):
                whole = version
            else:
                client.delete_model_version(task, version.version)
        for run in runs.tagged(client, task, {RETRAINING: key}):
            if whole is None or run.info.run_id != whole.run_id:
                client.delete_run(run.info.run_id)
            elif run.info.status != runs.FINISHED:
                client.set_terminated(run.info.run_id, runs.FINISHED)
    return whole


def _is_whole(connection: Connection, version: ModelVersion, trust: Trust) -> bool:
    client = connection.client()
    if client.get_model_version(version.task, version.version).status != _READY:
        return False
    # Also where versions of an earlier release may be unsigned: this one is of ours.
    if trust.has_keys and not version.signature:
        return False
    with tempfile.TemporaryDirectory(prefix="iargus-model-") as place:
        try:
            trust.check(version)
            fetch(connection, version, Path(place))
        except ArtefactRejected:
            return False
    return True
