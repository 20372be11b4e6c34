"""Fetching the file of a version, and saying why it cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from iargus.errors import ArtefactRejected
from iargus.models import artefact
from iargus.models.registry.connection import Connection
from iargus.models.registry.model_files import MODEL_FILE
from iargus.models.registry.version import ModelVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

_FOLDER = "model"


def fetch(connection: Connection, version: ModelVersion, directory: Path) -> Path:
    """Download the version's `model.skops` into `directory` (made if needed) and check it.

    Raises:
        ArtefactRejected: the file is gone, or is not the one that was registered.
        RegistryUnavailable: the registry is out of reach.
        OSError: the disk here is full or not writable.
    """
    name = f"{version.task} version {version.version}"
    if not version.sha256 or not version.run_id:
        raise ArtefactRejected(f"{name} has no tag sha256: it was not registered by IArgus")
    directory.mkdir(parents=True, exist_ok=True)
    with connection.translated(f"give the file of {name}") as client:
        path = Path(_download(client, version, name, directory))
    artefact.check_digest(path, version.sha256)
    return path


def _download(client: MlflowClient, version: ModelVersion, name: str, directory: Path) -> str:
    from mlflow.exceptions import MlflowException

    file = f"{_FOLDER}/{MODEL_FILE}"
    try:
        return client.download_artifacts(version.run_id, file, str(directory))
    except (MlflowException, OSError) as error:
        # MLflow tells a lost file and a lost server in the same words. Asked again, a server
        # that is down raises, and one that is up shows what it has.
        there = {each.path for each in client.list_artifacts(version.run_id, _FOLDER)}
        if file in there:
            raise
        raise ArtefactRejected(
            f"the registry has lost the file of {name}; give the alias to another version: "
            f"iargus models rollback {version.task}"
        ) from error
