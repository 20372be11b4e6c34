"""Runs: what a training or a monthly judgement leaves in MLflow to look at."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from iargus.registry.connection import Connection

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

FINISHED = "FINISHED"
_EXPERIMENT = "iargus-{task}"

# Tags of a run of the monthly job.
PERIOD = "iargus.period"
DECISION = "iargus.decision_key"
_KIND = {"iargus.kind": "monitoring"}


class RunContent(TypedDict, total=False):
    """What is logged to a run: values, texts (by file name), pictures (PNG, by name without
    ending)."""

    params: Required[Mapping[str, Any]]
    metrics: Required[Mapping[str, float]]
    texts: Mapping[str, str]
    pictures: Mapping[str, bytes]


@contextmanager
def run(
    connection: Connection, client: MlflowClient, task: str, name: str, tags: Mapping[str, str]
) -> Iterator[str]:
    """Start a run of the task's experiment and yield its id. It ends FINISHED, or FAILED."""
    experiment = _experiment(connection, client, task)
    run_id = str(client.create_run(experiment, run_name=name, tags=dict(tags)).info.run_id)
    try:
        yield run_id
    except BaseException:
        # The first error is the one to report.
        with suppress(Exception):
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, FINISHED)


def tagged(client: MlflowClient, task: str, tags: Mapping[str, str]) -> list[Run]:
    """The task's runs that carry all these tags, in any state; not those deleted."""
    experiment = client.get_experiment_by_name(_EXPERIMENT.format(task=task))
    if experiment is None:
        return []
    wanted = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    return list(client.search_runs([experiment.experiment_id], filter_string=wanted))


def log_judgement(
    connection: Connection,
    task: str,
    *,
    run_name: str,
    tags: Mapping[str, str],
    **content: Unpack[RunContent],
) -> str:
    """Log one judgement of a model and return the run's id.

    There is one run for each month: one that was finished for the same decision is returned, and
    others of that month (cut off half-way, or of a judgement that this one replaces) are deleted,
    which MLflow can undo.
    """
    with connection.translated("log a monitoring run") as client, connection.write_lock():
        known = tagged(client, task, {**_KIND, PERIOD: tags[PERIOD]})
        found: str | None = None
        for each in known:
            is_done = each.info.status == FINISHED
            if is_done and each.data.tags.get(DECISION) == tags[DECISION]:
                found = str(each.info.run_id)
        if found is None:
            with run(connection, client, task, run_name, {**tags, **_KIND}) as found:
                log(client, found, **content)
        for each in known:
            if each.info.run_id != found:
                client.delete_run(each.info.run_id)
    return found


def log(client: MlflowClient, run_id: str, **content: Unpack[RunContent]) -> None:
    """Log the content of a run."""
    from mlflow.entities import Metric, Param

    now = time.time_ns() // 1_000_000
    client.log_batch(
        run_id,
        # MySQL behind MLflow refuses NaN.
        metrics=[
            Metric(key, float(value), now, 0)
            for key, value in content["metrics"].items()
            if math.isfinite(value)
        ],
        params=[Param(key, str(value)[:500]) for key, value in content["params"].items()],
    )
    files = {name: text.encode() for name, text in content.get("texts", {}).items()}
    files |= {f"pictures/{name}.png": png for name, png in content.get("pictures", {}).items()}
    with tempfile.TemporaryDirectory(prefix="iargus-run-") as place:
        for name, data in files.items():
            path = Path(place, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        if files:
            client.log_artifacts(run_id, place)


def _experiment(connection: Connection, client: MlflowClient, task: str) -> str:
    name = _EXPERIMENT.format(task=task)
    found = client.get_experiment_by_name(name)
    if found is None:
        location = connection.artifact_location
        connection.create_once(lambda: client.create_experiment(name, artifact_location=location))
        found = client.get_experiment_by_name(name)
        assert found is not None
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)
