"""Evidently's drift and regression presets on two Parquet files; runs in its own environment."""
# mypy: ignore-errors

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from evidently import DataDefinition, Dataset, Regression, Report
from evidently.presets import DataDriftPreset, RegressionPreset


def main(reference: str, current: str, label: str, prediction: str, folder: str) -> None:
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    numbers = [name for name in before.select_dtypes("number") if name not in (label, prediction)]
    others = [name for name in before if name not in (*numbers, label, prediction)]
    definition = DataDefinition(
        numerical_columns=[*numbers, label, prediction],
        categorical_columns=others,
        regression=[Regression(target=label, prediction=prediction)],
    )
    report = Report([DataDriftPreset(columns=[*numbers, *others, prediction]), RegressionPreset()])
    snapshot = report.run(
        Dataset.from_pandas(now, data_definition=definition),
        Dataset.from_pandas(before, data_definition=definition),
    )
    snapshot.save_html(str(Path(folder) / "evidently.html"))


if __name__ == "__main__":
    main(*sys.argv[1:])
