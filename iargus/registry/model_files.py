"""The folder that MLflow calls a model: our skops file, its signature, its requirements."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from iargus.registry.version import TrainingRecord

if TYPE_CHECKING:
    import pandas as pd
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
