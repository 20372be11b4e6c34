"""The files of a version: the folder that MLflow calls a model, listed before anything in it is
asked for."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iargus.errors import ArtefactRejected
from iargus.registry.version import ModelVersion, TrainingRecord

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.types import ColSpec

MODEL_FILE = "model.skops"
BUNDLE_FOLDER = "bundle"
_REQUIREMENTS = ("scikit-learn", "skops", "pandas", "numpy", "scipy")


def write_model(training: TrainingRecord, directory: Path) -> str:
    """Write the model into `directory`, which must not exist yet; return the file's SHA-256.

    `mlflow.pyfunc.load_model` reads it where `iargus` is importable. Every feature is a required
    column, in which values may be missing: whole numbers without gaps are `long`, other numbers
    `double`, everything else `string`.

    Raises:
        ArtefactRejected: the estimator holds a type that is not on the task's list.
    """
    # Imported here: whoever only asks what there is needs none of it.
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    from iargus.registry import artefact

    sample = training.sample.head(5)
    predicted = pd.Series(training.estimator.predict(sample))
    signature = ModelSignature(
        inputs=Schema([_column(str(name), training.sample[name]) for name in training.sample]),
        outputs=Schema(
            [ColSpec(DataType.double if predicted.dtype.kind == "f" else DataType.string)]
        ),
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
        pip_requirements=[f"{name}=={version(name)}" for name in _REQUIREMENTS],
    )
    # MLflow's file differs from run to run (addresses, times); ours has a reproducible digest.
    staged.replace(directory / MODEL_FILE)
    return digest


def _column(name: str, values: pd.Series) -> ColSpec:
    from mlflow.types import ColSpec, DataType

    kind = values.dtype.kind
    if kind in "iu":
        return ColSpec(DataType.long, name)
    return ColSpec(DataType.double if kind == "f" else DataType.string, name)


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
