"""What a month leaves in the registry: the run of its judgement, and what a retraining that was
cut off has left."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from iargus.errors import ArtefactRejected
from iargus.registry import lookup, runs
from iargus.registry.connection import Connection
from iargus.registry.download import fetch
from iargus.registry.trust import Trust
from iargus.registry.version import RETRAINING, ModelVersion

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


_READY = "READY"


def tidy_up(connection: Connection, task: str, key: str, trust: Trust) -> ModelVersion | None:
    """Give the version that carries the tag `iargus.retraining` with this key, or None.

    Half a registration is none: a run without a version, a version whose file is missing,
    altered, not ready or not signed are deleted, and can then be made again. A version whose run
    was not closed is whole; its run is closed.
    """
    whole: ModelVersion | None = None
    with connection.translated("look for a retraining") as client, connection.write_lock():
        for version in lookup.versions(connection, task):
            if version.tags.get(RETRAINING) != key:
                continue
            if whole is None and _is_whole(connection, version, trust):
                whole = version
            else:
                client.delete_model_version(task, version.version)
        for run in runs.tagged(client, task, {RETRAINING: key}):
            if whole is None or run.info.run_id != whole.run_id:
                client.delete_run(run.info.run_id)
            elif run.info.status != runs.FINISHED:
                client.set_terminated(run.info.run_id, runs.FINISHED)
    return whole


def _is_whole(connection: Connection, version: ModelVersion, trust: Trust) -> bool:
    client = connection.client()
    if client.get_model_version(version.task, version.version).status != _READY:
        return False
    with tempfile.TemporaryDirectory(prefix="iargus-model-") as place:
        try:
            trust.check(version)
            fetch(connection, version, Path(place))
        except ArtefactRejected:
            return False
    return True
