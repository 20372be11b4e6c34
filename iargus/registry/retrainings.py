"""What a retraining that was cut off has left in the registry: finished, or taken away."""

from __future__ import annotations

import tempfile
from pathlib import Path

from iargus.errors import ArtefactRejected
from iargus.registry import lookup, runs
from iargus.registry.connection import Connection
from iargus.registry.download import fetch
from iargus.registry.trust import Trust
from iargus.registry.version import RETRAINING, ModelVersion

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
