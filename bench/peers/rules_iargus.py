"""The rules of docs/explanation/monitoring.md on the same rows that the other libraries get."""

from __future__ import annotations

import pandas as pd

from bench.calibration.cases import MINIMUM_ROWS
from bench.peers.trials import Events, run
from bench.peers.worlds import (
    FEATURES,
    LEVELS,
    LIMIT,
    NUMBERS,
    REFERENCE_ROWS,
    WORSE,
    Columns,
    World,
    errors_of,
)
from iargus.monitoring.stats.drift.compare import compare_features
from iargus.monitoring.stats.drift.summary import FeatureSummary, Kind, summarise
from iargus.monitoring.stats.performance.evidence import Evidence, accumulate
from iargus.monitoring.stats.performance.verdict import State, confirm, judge_performance

KINDS = dict.fromkeys(NUMBERS, Kind.NUMBER) | dict.fromkeys(LEVELS, Kind.CATEGORY)


def summary(columns: Columns) -> dict[str, FeatureSummary]:
    names = [name for name in FEATURES if name in columns]
    table = pd.DataFrame({name: columns[name] for name in names})
    return summarise(table, {name: KINDS[name] for name in names})


def drifted(reference: dict[str, FeatureSummary], current: Columns) -> set[str]:
    compared = compare_features(reference, summary(current))
    return {feature.feature for feature in compared if feature.drifted}


class IArgus:
    """A breach needs a limit, so that "error" and "limit" are the same."""

    more = 10

    def year(self, world: World) -> Events:
        reference = summary(world.table("reference", REFERENCE_ROWS))
        evidence, feature, breach = Evidence(), False, False
        for month in world.months():
            feature = feature or bool(drifted(reference, month))
            errors = errors_of(month)
            evidence = accumulate(evidence, errors, LIMIT)
            verdict = judge_performance(errors, LIMIT, minimum_rows=MINIMUM_ROWS)
            breach = breach or confirm(verdict, evidence).state is State.BREACH
        return {
            "feature": feature,
            "error": breach,
            "limit": breach,
            "anything": feature or breach,
        }

    def month(self, world: World) -> Events:
        errors = errors_of(world.prices("month", world.rows, mape=WORSE))
        verdict = judge_performance(errors, LIMIT, minimum_rows=MINIMUM_ROWS)
        breach = verdict.state is State.BREACH
        return {"error": breach, "error 20 %": breach, "limit": breach}

    def shift(self, world: World, sigma: float) -> Events:
        reference = summary(world.table("reference", REFERENCE_ROWS))
        month = world.table("month", world.rows, shift=sigma)
        return {"named": "number 0" in drifted(reference, month)}

    def tiny(self, world: World, sigma: float) -> Events:
        reference = summary({"number 0": world.normal("reference", 1)})
        return {"named": bool(drifted(reference, {"number 0": world.normal("month", 1) + sigma}))}


if __name__ == "__main__":
    run(IArgus())
