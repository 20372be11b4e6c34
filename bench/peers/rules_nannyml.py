"""NannyML's default rules; runs in its own environment, see `bench.calibration.peers`.

Version 0.13.1 alerts when a value is above the mean and three standard deviations of the values
of the reference's months: a Jensen-Shannon distance for each feature, and the MAPE (there below
as well). It thus needs a reference of several months. The more it has, the better are its limits:
it gets the twelve months before, or more if these have fewer rows than the others' reference.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import ceil
from typing import Any

import nannyml  # type: ignore[import-not-found]
import numpy as np
import pandas as pd
from nannyml.thresholds import ConstantThreshold  # type: ignore[import-not-found]

from bench.peers.trials import Events, run
from bench.peers.worlds import (
    FEATURES,
    HEALTHY,
    LIMIT,
    MONTHS,
    REFERENCE_ROWS,
    WORSE,
    Columns,
    World,
)

MONTHLY = {"timestamp_column_name": "timestamp", "chunk_period": "M"}
PAST, NOW = "2020-01", "2025-01"


def dated(columns: Columns, rows: int, start: str) -> pd.DataFrame:
    """As a table whose rows come at even intervals, `rows` in each month from `start`."""
    place = np.arange(len(next(iter(columns.values()))))
    month, within = np.divmod(place, rows)
    first = np.datetime64(start, "M") + month
    begin, end = first.astype("M8[s]"), (first + 1).astype("M8[s]")
    passed = ((end - begin).astype(np.int64) * within // rows).astype("m8[s]")
    return pd.DataFrame({**columns, "timestamp": begin + passed})


def drifted(
    reference: pd.DataFrame, current: pd.DataFrame, names: Sequence[str] = FEATURES
) -> set[str]:
    """The columns with an alert in any month."""
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(names), **MONTHLY)
    result = calculator.fit(reference).calculate(current).filter(period="analysis").to_df()
    alerts = result.xs("alert", axis=1, level=-1).any()
    return {str(column[0]) for column, alert in alerts.items() if alert}


def worse(reference: pd.DataFrame, current: pd.DataFrame, **chosen: Any) -> bool:
    """Whether the MAPE of any month has an alert."""
    calculator = nannyml.PerformanceCalculator(
        metrics="mape",
        y_true="label",
        y_pred="prediction",
        problem_type="regression",
        **MONTHLY,
        **chosen,
    )
    result = calculator.fit(reference).calculate(current).filter(period="analysis").to_df()
    return bool(result["mape"]["alert"].any())


GIVEN: dict[str, Any] = {"thresholds": {"mape": ConstantThreshold(upper=LIMIT)}}


class NannyML:
    more = 1

    def year(self, world: World) -> Events:
        before = max(MONTHS, ceil(REFERENCE_ROWS / world.rows))
        past = dated(world.table("past", before * world.rows), world.rows, PAST)
        months = list(world.months())
        year = {name: np.concatenate([month[name] for month in months]) for name in months[0]}
        now = dated(year, world.rows, NOW)
        feature = bool(drifted(past, now))
        error, limit = worse(past, now), worse(past, now, **GIVEN)
        return {"feature": feature, "error": error, "limit": limit, "anything": feature or error}

    def month(self, world: World) -> Events:
        def past(part: str, mape: float) -> pd.DataFrame:
            return dated(world.prices(part, MONTHS * world.rows, mape=mape), world.rows, PAST)

        now = dated(world.prices("month", world.rows, mape=WORSE), world.rows, NOW)
        healthy = past("past", HEALTHY)
        return {
            "error": worse(healthy, now),
            "error 20 %": worse(past("past at the limit", LIMIT), now),
            "limit": worse(healthy, now, **GIVEN),
        }

    def shift(self, world: World, sigma: float) -> Events:
        reference = dated(world.table("reference", REFERENCE_ROWS), world.rows, PAST)
        now = dated(world.table("month", world.rows, shift=sigma), world.rows, NOW)
        return {"named": "number 0" in drifted(reference, now)}

    def tiny(self, world: World, sigma: float) -> Events:
        past = dated({"number 0": world.normal("reference", MONTHS)}, world.rows, PAST)
        now = dated({"number 0": world.normal("month", 1) + sigma}, world.rows, NOW)
        return {"named": bool(drifted(past, now, ["number 0"]))}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    run(NannyML())
