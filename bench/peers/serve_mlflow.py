"""Writes the model that `mlflow models serve` serves; runs in MLflow's own environment."""
# mypy: ignore-errors

import shutil
import sys
from pathlib import Path

import joblib
import mlflow.sklearn


def main(pipeline: str, folder: str) -> None:
    target = Path(folder) / "model"
    shutil.rmtree(target, ignore_errors=True)
    # The requirements are named, or MLflow would import everything once more to find them.
    mlflow.sklearn.save_model(
        joblib.load(pipeline),
        target,
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn", "pandas"],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
