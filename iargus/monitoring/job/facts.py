"""An outcome as MLflow keeps it: metrics, parameters, tags, a document and a picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from iargus.monitoring.result import TaskOutcome
from iargus.registry import Registry
from iargus.registry.runs import DECISION, PERIOD

_LONGEST_TAG = 500


def log_outcome(
    registry: Registry,
    outcome: TaskOutcome,
    *,
    key: str,
    extra: Mapping[str, float],
    picture: bytes | None,
    page: str,
) -> str:
    """Log one judged task as a run of its experiment; returns the run's id.

    Args:
        key: names the decision, which is logged once however often this is called.
        extra: further metrics of the champion on the window, by name.
        picture: the error by month as PNG.
        page: the report.

    Raises:
        RegistryUnavailable: the registry is out of reach.
    """
    return registry.log_monitoring(
        outcome.task,
        run_name=f"monitor {outcome.period}",
        params=_params(outcome),
        metrics={**extra, **_metrics(outcome)},
        tags={**_tags(outcome), DECISION: key},
        texts={
            "outcome.json": json.dumps(outcome.to_json(), indent=2, ensure_ascii=False),
            "report.html": page,
        },
        pictures={} if picture is None else {"history": picture},
    )


def _params(outcome: TaskOutcome) -> dict[str, str]:
    return {
        "period": str(outcome.period),
        "window_start": str(outcome.window_start),
        "window_end": str(outcome.window_end),
        "champion_version": str(outcome.champion_version),
        "missed_periods": ", ".join(map(str, outcome.missed_periods)),
    }


def _metrics(outcome: TaskOutcome) -> dict[str, float]:
    found: dict[str, float | None] = {
        outcome.metric: outcome.error,
        "threshold": outcome.threshold,
        "lower_bound": outcome.lower_bound,
        "power": outcome.power,
        "rows": outcome.rows,
        "refused_rows": outcome.refused_rows,
    }
    if outcome.interval is not None:
        found |= {"interval_low": outcome.interval[0], "interval_high": outcome.interval[1]}
    observed = outcome.observed
    if observed is not None:
        found["quality_findings"] = len(observed.quality)
        found["serious_findings"] = len(observed.serious)
        if observed.drift is not None and observed.drift.reason is None:
            found["drifted_features"] = len(observed.drift.drifted)
        if observed.estimate is not None:
            found["estimated_error"] = observed.estimate.error
    retraining = outcome.retraining
    if retraining is not None:
        found |= {
            "holdout_rows": retraining.holdout_rows,
            "holdout_champion_error": retraining.champion_error,
            "holdout_challenger_error": retraining.challenger_error,
            "promotion_p_value": retraining.p_value,
            "serving_error": retraining.serving_error,
        }
    return {
        name: float(value)
        for name, value in found.items()
        if value is not None and math.isfinite(value)
    }


def _tags(outcome: TaskOutcome) -> dict[str, str]:
    tags = {
        "iargus.task": outcome.task,
        PERIOD: str(outcome.period),
        "iargus.state": outcome.status.value,
        "iargus.champion_version": str(outcome.champion_version),
        "iargus.serving_version": str(outcome.serving_version),
        "iargus.sentence": outcome.sentence,
    }
    if outcome.retraining is not None:
        tags["iargus.decision"] = outcome.retraining.decision.value
        tags["iargus.challenger_version"] = str(outcome.retraining.challenger_version)
    if outcome.mail is not None:
        tags["iargus.mail"] = ", ".join((outcome.mail, *outcome.also))
    drift = None if outcome.observed is None else outcome.observed.drift
    if drift is not None and drift.drifted:
        names = ", ".join(feature.feature for feature in drift.drifted)
        tags["iargus.drifted"] = names[:_LONGEST_TAG]
    return tags
