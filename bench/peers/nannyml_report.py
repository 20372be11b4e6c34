"""NannyML's univariate drift and realised performance on two Parquet files; runs in its own
environment. NannyML has no report of its own: its results are written as tables and pictures."""
# mypy: ignore-errors

from __future__ import annotations

import sys
from pathlib import Path

import nannyml
import pandas as pd


def main(reference: str, current: str, label: str, prediction: str, folder: str) -> None:
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    numbers = list(before.select_dtypes("number"))
    features = [name for name in before if name != label]
    drift = nannyml.UnivariateDriftCalculator(
        column_names=features,
        treat_as_numerical=[name for name in features if name in numbers],
        treat_as_categorical=[name for name in features if name not in numbers],
        chunk_number=10,
    )
    performance = nannyml.PerformanceCalculator(
        metrics=["mape"],
        y_true=label,
        y_pred=prediction,
        problem_type="regression",
        chunk_number=10,
    )
    for name, calculator in (("drift", drift), ("performance", performance)):
        result = calculator.fit(before).calculate(now)
        table = result.to_df(multilevel=False)
        table.to_parquet(Path(folder) / f"nannyml_{name}.parquet")
        result.plot().write_html(Path(folder) / f"nannyml_{name}.html")


if __name__ == "__main__":
    main(*sys.argv[1:])
