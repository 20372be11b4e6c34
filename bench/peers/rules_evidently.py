"""Evidently's default rules; runs in its own environment, see `bench.calibration.peers`.

Reports with `include_tests=True` attach the tests that Evidently has by default: with more than
1,000 rows of reference, a normed Wasserstein distance (numbers) or a Jensen-Shannon distance
(categories) of 0.1 in a column, half of the columns in the dataset, and a MAPE within a tenth of
that of the reference. A limit of one's own is a test given to the metric.
"""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
from evidently import (  # type: ignore[import-not-found]
    DataDefinition,
    Dataset,
    Regression,
    Report,
)
from evidently.metrics import MAPE  # type: ignore[import-not-found]
from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]
from evidently.tests import lte  # type: ignore[import-not-found]

from bench.peers.trials import Events, run
from bench.peers.worlds import (
    FEATURES,
    HEALTHY,
    LEVELS,
    LIMIT,
    NUMBERS,
    REFERENCE_ROWS,
    WORSE,
    Columns,
    World,
)

COLUMN, SHARE = "Value Drift for column ", "Share of Drifted Columns"
NOT_EQUAL, ABOVE = "Percentage Error: Equal", "Percentage Error: Less or Equal"
"""How the names of the tests begin, or what they hold."""


def dataset(columns: Columns) -> Any:
    """What is there of the features, the predictions and the labels, each as what it is."""
    priced = "label" in columns
    definition = DataDefinition(
        numerical_columns=[name for name in (*NUMBERS, "label") if name in columns],
        categorical_columns=[name for name in LEVELS if name in columns],
        regression=[Regression(target="label", prediction="prediction")] if priced else None,
    )
    return Dataset.from_pandas(pd.DataFrame(columns), data_definition=definition)


def failed(metrics: list[Any], current: Any, reference: Any) -> set[str]:
    """The names of the tests that have failed."""
    snapshot = Report(metrics, include_tests=True).run(current, reference)
    return {str(test.name) for test in snapshot.tests_results if test.status.value == "FAIL"}


def has(names: set[str], part: str) -> bool:
    return any(part in name for name in names)


def errors() -> list[Any]:
    """The MAPE with its default test, and with the limit given."""
    return [MAPE(), MAPE(mean_tests=[lte(100 * LIMIT)])]


class Evidently:
    """One reference of 10,000 rows for all; the label is given, and not compared."""

    more = 1

    def year(self, world: World) -> Events:
        reference = dataset(world.table("reference", REFERENCE_ROWS))
        names: set[str] = set()
        for month in world.months():
            metrics = [DataDriftPreset(columns=FEATURES), *errors()]
            names |= failed(metrics, dataset(month), reference)
        feature, error = has(names, COLUMN), has(names, NOT_EQUAL)
        return {
            "feature": feature,
            "dataset": has(names, SHARE),
            "error": error,
            "limit": has(names, ABOVE),
            "anything": feature or error,
        }

    def month(self, world: World) -> Events:
        month = dataset(world.prices("month", world.rows, mape=WORSE))
        healthy = dataset(world.prices("reference", REFERENCE_ROWS, mape=HEALTHY))
        at_limit = dataset(world.prices("reference at the limit", REFERENCE_ROWS, mape=LIMIT))
        names = failed(errors(), month, healthy)
        return {
            "error": has(names, NOT_EQUAL),
            "error 20 %": has(failed([MAPE()], month, at_limit), NOT_EQUAL),
            "limit": has(names, ABOVE),
        }

    def shift(self, world: World, sigma: float) -> Events:
        month = dataset(world.table("month", world.rows, shift=sigma))
        reference = dataset(world.table("reference", REFERENCE_ROWS))
        names = failed([DataDriftPreset(columns=FEATURES)], month, reference)
        return {"named": f"{COLUMN}number 0" in names, "dataset": has(names, SHARE)}

    def tiny(self, world: World, sigma: float) -> Events:
        month = dataset({"number 0": world.normal("month", 1) + sigma})
        reference = dataset({"number 0": world.normal("reference", 1)})
        return {"named": has(failed([DataDriftPreset()], month, reference), COLUMN)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    run(Evidently())
