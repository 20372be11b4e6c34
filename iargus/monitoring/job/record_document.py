"""The document of a record, whichever version wrote it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iargus.monitoring.job.records import RunRecord


def document_of(run: RunRecord) -> dict[str, Any]:
    """What is recorded about a month; facts that are missing come from the record's columns."""
    serving = run.challenger_version if run.promoted else run.champion_version
    columns = {
        "task": run.task,
        "period": str(run.period),
        "status": run.state.value,
        "threshold": run.threshold,
        "window_start": _timestamp(run.window_start),
        "window_end": _timestamp(run.window_end),
        "rows": run.rows_scored,
        "error": run.error,
        "champion_version": run.champion_version,
        "serving_version": serving,
    }
    return {**columns, **run.facts}


def _timestamp(value: datetime) -> str:
    return f"{value.isoformat()}Z"
