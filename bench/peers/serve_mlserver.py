"""Writes the folder that `mlserver start` serves with its own scikit-learn runtime."""
# mypy: ignore-errors

import json
import sys
from pathlib import Path


def main(pipeline: str, folder: str) -> None:
    model = {
        "name": "car_price",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": pipeline, "version": "1"},
    }
    # In the process that answers: on one core, another one to predict in only costs.
    settings = {
        "host": "127.0.0.1",
        "parallel_workers": 0,
        "metrics_endpoint": None,
        "logging_settings": {"version": 1, "root": {"level": "WARNING"}},
    }
    Path(folder, "model-settings.json").write_text(json.dumps(model))
    Path(folder, "settings.json").write_text(json.dumps(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
