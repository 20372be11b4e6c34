"""Evidently's default rules; runs in its own environment, see `bench.calibration_peers`.

Reports with `include_tests=True` attach the tests that Evidently has by default: with more than
1,000 rows of reference, a normed Wasserstein distance (numbers) or a Jensen-Shannon distance
(categories) of 0.1 in a column, half of the columns in the dataset, and a MAPE within a tenth of
that of the reference. A limit of one's own is a test given to the metric.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
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
    MONTHS,
    NUMBERS,
    REFERENCE_ROWS,
    WORSE,
    Columns,
    World,
)

COLUMN, SHARE = "Value Drift for column ", "Share of Drifted Columns"


def features(columns: Columns, names: Sequence[str] = FEATURES) -> Any:
    definition = DataDefinition(
        numerical_columns=[name for name in NUMBERS if name in names],
        categorical_columns=[name for name in LEVELS if name in names],
    )
    table = pd.DataFrame({name: columns[name] for name in names})
    return Dataset.from_pandas(table, data_definition=definition)


def prices(columns: Columns) -> Any:
    definition = DataDefinition(
        regression=[Regression(target="label", prediction="prediction")],
        numerical_columns=["label", "prediction"],
    )
    table = pd.DataFrame({name: columns[name] for name in ("label", "prediction")})
    return Dataset.from_pandas(table, data_definition=definition)


def failed(metrics: list[Any], current: Any, reference: Any) -> list[str]:
    """The names of the tests that have failed."""
    snapshot = Report(metrics, include_tests=True).run(current, reference)
    return [str(test.name) for test in snapshot.tests_results if test.status.value == "FAIL"]


def drifted(current: Any, reference: Any) -> tuple[set[str], bool]:
    """The columns, and whether the dataset as a whole has drifted."""
    names = failed([DataDriftPreset()], current, reference)
    columns = {name.removeprefix(COLUMN) for name in names if name.startswith(COLUMN)}
    return columns, any(name.startswith(SHARE) for name in names)


def worse(current: Any, reference: Any) -> tuple[bool, bool]:
    """Whether the default test of the MAPE fails, and one with the limit given."""
    given = MAPE(mean_tests=[lte(100 * LIMIT)])
    names = failed([MAPE(), given], current, reference)
    return any(": Equal" in name for name in names), any(": Less or Equal" in name for name in names)


class Evidently:
    def year(self, world: World) -> Events:
        reference = features(world.table("reference", REFERENCE_ROWS))
        past = prices(world.prices("past", MONTHS * world.rows, mape=HEALTHY))
        feature = dataset = error = limit = False
        for month in world.months():
            columns, whole = drifted(features(month), reference)
            above_reference, above_limit = worse(prices(month), past)
            feature, dataset = feature or bool(columns), dataset or whole
            error, limit = error or above_reference, limit or above_limit
        return {
            "feature": feature,
            "dataset": dataset,
            "error": error,
            "limit": limit,
            "anything": feature or error,
        }

    def month(self, world: World) -> Events:
        rows = MONTHS * world.rows
        month = prices(world.prices("month", world.rows, mape=WORSE))
        error, limit = worse(month, prices(world.prices("past", rows, mape=HEALTHY)))
        at_limit, _ = worse(month, prices(world.prices("past at the limit", rows, mape=LIMIT)))
        return {"error": error, "error 20 %": at_limit, "limit": limit}

    def shift(self, world: World, sigma: float) -> Events:
        month = features(world.table("month", world.rows, shift=sigma))
        columns, dataset = drifted(month, features(world.table("reference", REFERENCE_ROWS)))
        return {"named": "number 0" in columns, "dataset": dataset}

    def tiny(self, world: World, sigma: float) -> Events:
        month = features({"number 0": world.normal("month", 1) + sigma}, ["number 0"])
        reference = features({"number 0": world.normal("reference", 1)}, ["number 0"])
        columns, _ = drifted(month, reference)
        return {"named": bool(columns)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    run(Evidently())
