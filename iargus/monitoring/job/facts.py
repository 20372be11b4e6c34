"""A month as MLflow keeps it: metrics, parameters, tags, a document, a picture, and the report,
which is a file on this machine too."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from iargus.atomic_write import write_atomically
from iargus.monitoring.view.month_view import MonthView
from iargus.registry import Registry
from iargus.registry.runs import DECISION, PERIOD

_LONGEST_TAG = 500


def log_outcome(
    registry: Registry,
    view: MonthView,
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
        view.task,
        run_name=f"monitor {view.period}",
        params=_params(view),
        metrics={**extra, **_metrics(view)},
        tags={**_tags(view), DECISION: key},
        texts={
            "outcome.json": json.dumps(view.to_json(), indent=2, ensure_ascii=False),
            "report.html": page,
        },
        pictures={} if picture is None else {"history": picture},
    )


def write_report(directory: Path, view: MonthView, page: str) -> Path:
    """Write the page to `directory/TASK/PERIOD.html`, whole or not at all; one that is there is
    replaced.

    Raises:
        OSError: the disk is full or not writable.
    """
    path = directory / view.task / f"{view.period}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page, sync=False)
    return path


def _params(view: MonthView) -> dict[str, str]:
    return {
        "period": str(view.period),
        "window_start": str(view.window_start),
        "window_end": str(view.window_end),
        "champion_version": str(view.champion_version),
        "missed_periods": ", ".join(map(str, view.missed_periods)),
    }


def _metrics(view: MonthView) -> dict[str, float]:
    found: dict[str, float | None] = {
        view.metric: view.error,
        "threshold": view.threshold,
        "lower_bound": view.lower_bound,
        "power": view.power,
        "rows": view.rows,
        "refused_rows": view.refused_rows,
    }
    if view.interval is not None:
        found |= {"interval_low": view.interval[0], "interval_high": view.interval[1]}
    observed = view.observed
    if observed is not None:
        found["quality_findings"] = len(observed.quality)
        found["serious_findings"] = len(observed.serious)
        if observed.drift is not None and observed.drift.reason is None:
            found["drifted_features"] = len(observed.drift.drifted)
        if observed.estimate is not None:
            found["estimated_error"] = observed.estimate.error
    retraining = view.retraining
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


def _tags(view: MonthView) -> dict[str, str]:
    tags = {
        "iargus.task": view.task,
        PERIOD: str(view.period),
        "iargus.state": str(view.status),
        "iargus.champion_version": str(view.champion_version),
        "iargus.serving_version": str(view.serving_version),
        "iargus.sentence": view.sentence,
    }
    if view.retraining is not None:
        tags["iargus.decision"] = view.retraining.decision.value
        tags["iargus.challenger_version"] = str(view.retraining.challenger_version)
    if view.mail is not None:
        tags["iargus.mail"] = ", ".join((view.mail, *view.also))
    drift = None if view.observed is None else view.observed.drift
    if drift is not None and drift.drifted:
        names = ", ".join(feature.feature for feature in drift.drifted)
        tags["iargus.drifted"] = names[:_LONGEST_TAG]
    return tags
