"""Evidently's default rules on months of sentences; runs in its own environment.

A column of texts has drifted if a classifier tells reference and month apart with an area under
the curve above 0.55. Predictions and confidence are given as well. Prints, for every month of the
file that `bench.calibration.peers_intents` has written, the columns that have drifted.
"""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np
import pandas as pd
from evidently import (  # type: ignore[import-not-found]
    DataDefinition,
    Dataset,
    Report,
)
from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]

DEFINITION = DataDefinition(
    text_columns=["text"],
    categorical_columns=["prediction"],
    numerical_columns=["confidence"],
)
COLUMN = "Value Drift for column "


def drifted(reference: pd.DataFrame, current: pd.DataFrame) -> list[str]:
    before, now = (
        Dataset.from_pandas(rows.reset_index(drop=True), data_definition=DEFINITION)
        for rows in (reference, current)
    )
    snapshot = Report([DataDriftPreset()], include_tests=True).run(now, before)
    names = [str(test.name) for test in snapshot.tests_results if test.status.value == "FAIL"]
    return [name.removeprefix(COLUMN) for name in names if name.startswith(COLUMN)]


def main(path: str) -> None:
    held = np.load(path)
    rows = pd.DataFrame({name: held[name] for name in ("text", "prediction", "confidence")})
    for rest, month, mixed in zip(held["rest"], held["month"], held["mixed"], strict=True):
        reference = rows.iloc[rest]
        said = {
            "month": drifted(reference, rows.iloc[month]),
            "mixed": drifted(reference, rows.iloc[mixed]),
        }
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
