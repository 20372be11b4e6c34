"""Downloading the files of a version, whose folder is listed before anything in it is fetched.

What is gone, too large, or not what was registered is `ArtefactRejected`.
"""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iargus.compiled.files import MAX_BYTES, MAX_MANIFEST_BYTES
from iargus.compiled.manifest import MANIFEST, Manifest
from iargus.errors import ArtefactRejected
from iargus.registry import artefact
from iargus.registry.connection import Connection
from iargus.registry.version import FILE_DIGEST, ModelVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL_FOLDER = "model"
MODEL_FILE = "model.skops"
BUNDLE_FOLDER = "bundle"
_MAX_TEXT_BYTES = 64 * 2**20


def fetch(connection: Connection, version: ModelVersion, directory: Path) -> Path:
    """Download the version's `model.skops` into `directory` (made if needed) and check it."""
    name = f"{version.task} version {version.version}"
    if not version.sha256 or not version.run_id:
        raise ArtefactRejected(f"{name} has no tag sha256: it was not registered by IArgus")
    directory.mkdir(parents=True, exist_ok=True)
    with connection.translated(f"give the file of {name}") as client:
        path = RemoteFolder(client, version, directory).bring(MODEL_FILE, MAX_BYTES)
    artefact.check_digest(path, version.sha256)
    return path


def fetch_bundle(connection: Connection, version: ModelVersion, directory: Path) -> Path:
    """Download the version's bundle to the new folder `bundle` in `directory`, and return that.

    Only the files that its manifest names are fetched, after that was checked: other files, or
    paths that lead elsewhere, are not.
    """
    name = f"the bundle of {version.task} version {version.version}"
    folder = directory / BUNDLE_FOLDER
    folder.mkdir(parents=True)
    with connection.translated(f"give {name}") as client:
        remote = RemoteFolder(client, version, directory, BUNDLE_FOLDER)
        # Where a file arrives depends on the kind of store.
        remote.bring(MANIFEST, MAX_MANIFEST_BYTES).replace(folder / MANIFEST)
        data = artefact.check_digest(folder / MANIFEST, version.bundle_sha256)
        manifest = Manifest.from_bytes(data)
        size = sum(entry.size for entry in manifest.files.values())
        if size > MAX_BYTES:
            raise ArtefactRejected(f"{name} says that it has {size} bytes, over {MAX_BYTES}")
        for file, entry in manifest.files.items():
            remote.bring(file, entry.size).replace(folder / file)
    return folder


def read_text(connection: Connection, version: ModelVersion, file: str) -> str | None:
    """A text that was registered beside the model; None when this version has none of that name."""
    digest = version.tags.get(FILE_DIGEST + file)
    if digest is None:
        return None
    with (
        tempfile.TemporaryDirectory(prefix="iargus-model-") as place,
        connection.translated(f"give {file} of {version.task} version {version.version}") as client,
    ):
        path = RemoteFolder(client, version, Path(place)).bring(file, _MAX_TEXT_BYTES)
        artefact.check_digest(path, digest)
        return path.read_text(encoding="utf-8")


class RemoteFolder:
    """`folder` lies below the version's model, empty for that itself. Files arrive below
    `directory`; those who can write to the registry choose neither where nor how much."""

    def __init__(
        self, client: MlflowClient, version: ModelVersion, directory: Path, folder: str = ""
    ) -> None:
        self._client = client
        self._version = version
        self._directory = directory
        self._folder = f"{MODEL_FOLDER}/{folder}" if folder else MODEL_FOLDER

    def bring(self, name: str, most: int) -> Path:
        """Download the file `name`, of at most `most` bytes.

        Raises:
            ArtefactRejected: there is none, it is no file, or it is larger.
        """
        found = self._there.get(name)
        file = f"{self._folder}/{name}"
        if found is None:
            raise ArtefactRejected(self._lost(file))
        if found.is_dir:
            raise ArtefactRejected(f"{file} is a folder in the registry, not a file")
        if found.file_size is not None and found.file_size > most:
            raise ArtefactRejected(_too_large(file, found.file_size, most))
        given = self._client.download_artifacts(self._version.run_id, file, str(self._directory))
        path = Path(given)
        if path.is_symlink() or not path.is_file():
            raise ArtefactRejected(f"{file} does not arrive as a regular file")
        # The listing may have said otherwise, or nothing.
        if path.stat().st_size > most:
            raise ArtefactRejected(_too_large(file, path.stat().st_size, most))
        return path

    @cached_property
    def _there(self) -> dict[str, Any]:
        """What the registry lists, by name; asked with the first file."""
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.list_artifacts(self._version.run_id, self._folder)
        except MlflowException as error:
            # The run was deleted: the version is still listed, and the server well.
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                raise ArtefactRejected(self._lost(self._folder)) from error
            raise
        return {str(each.path).rpartition("/")[2]: each for each in found}

    def _lost(self, what: str) -> str:
        version = self._version
        return (
            f"the registry has lost {what} of {version.task} version {version.version}; give the "
            f"alias to another version: iargus models rollback {version.task}"
        )


def _too_large(file: str, size: int, most: int) -> str:
    return f"{file} has {size} bytes, more than {most}"
