"""The run that a monthly judgement leaves in MLflow: one for each task and month."""

from __future__ import annotations

from collections.abc import Mapping

from iargus.registry import runs
from iargus.registry.connection import Connection

PERIOD = "iargus.period"
DECISION = "iargus.decision_key"
_KIND = {"iargus.kind": "monitoring"}


def log_judgement(
    connection: Connection,
    task: str,
    *,
    run_name: str,
    params: Mapping[str, str],
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
    texts: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> str:
    """Log one judgement of a model and return the run's id.

    Where the tags name a month, the run stands alone for it: one that was finished for the same
    decision is given again, and others of that month (cut off half-way, or of a judgement that
    this one replaces) are deleted, which MLflow can undo.
    """
    with connection.translated("log a monitoring run") as client, connection.write_lock():
        same_month = {**_KIND, PERIOD: tags.get(PERIOD, "")}
        known = runs.tagged(client, task, same_month) if PERIOD in tags else []
        found: str | None = None
        for run in known:
            is_done = run.info.status == runs.FINISHED
            if is_done and DECISION in tags and run.data.tags.get(DECISION) == tags[DECISION]:
                found = str(run.info.run_id)
        if found is None:
            with runs.run(connection, client, task, run_name, {**tags, **_KIND}) as new:
                runs.log(
                    client, new, params=params, metrics=metrics, texts=texts, pictures=pictures
                )
            found = new
        for run in known:
            if run.info.run_id != found:
                client.delete_run(run.info.run_id)
    return found
