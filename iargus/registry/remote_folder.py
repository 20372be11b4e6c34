"""A folder of a version in the registry, listed before anything in it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from iargus.errors import ArtefactRejected
from iargus.registry.version import ModelVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient

_ROOT = "model"


class RemoteFolder:
    """`folder` lies below the version's model, empty for that itself. Files arrive below
    `directory`; whoever can write to the registry chooses neither where nor how much."""

    def __init__(
        self, client: MlflowClient, version: ModelVersion, directory: Path, folder: str = ""
    ) -> None:
        self._client = client
        self._version = version
        self._directory = directory
        self._folder = f"{_ROOT}/{folder}" if folder else _ROOT
        self._there = {path.rpartition("/")[2]: found for path, found in self._list()}

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
            raise ArtefactRejected(f"{file} arrives as something that is no file")
        # The listing may have said otherwise, or nothing.
        if path.stat().st_size > most:
            raise ArtefactRejected(_too_large(file, path.stat().st_size, most))
        return path

    def _list(self) -> list[tuple[str, Any]]:
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.list_artifacts(self._version.run_id, self._folder)
        except MlflowException as error:
            # The run was deleted: the version is still listed, and the server well.
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                raise ArtefactRejected(self._lost(self._folder)) from error
            raise
        return [(str(each.path), each) for each in found]

    def _lost(self, what: str) -> str:
        version = self._version
        return (
            f"the registry has lost {what} of {version.task} version {version.version}; give the "
            f"alias to another version: iargus models rollback {version.task}"
        )


def _too_large(file: str, size: int, most: int) -> str:
    return f"{file} has {size} bytes, more than {most}"
