"""Everything that a run leaves behind, without what differs from run to run (times, ids)."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Table, select

from iargus.registry import Registry
from iargus.storage.database import Database
from iargus.storage.schema import job_lock, monitoring_runs, monitoring_steps, outbox

State = dict[str, Any]

_TABLES: tuple[Table, ...] = (monitoring_runs, outbox, monitoring_steps, job_lock)
_LEFT_OUT = {"id", "finished_at", "created_at", "next_attempt_at"}
_RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")
_KEY = re.compile(r":[0-9a-f]{8}\b")  # the end of a decision's key


def end_state(database: Database, registry: Registry, tasks: list[str]) -> State:
    """Tables, versions, aliases, tags and runs."""
    found: State = {table.name: _rows(database, table) for table in _TABLES}
    client = registry._connection.client()
    for task in tasks:
        model = client.get_registered_model(task)
        experiment = client.get_experiment_by_name(f"iargus-{task}")
        assert experiment is not None
        found[f"registry of {task}"] = {
            "aliases": dict(model.aliases),
            "tags": dict(model.tags),
            "versions": [
                [version.version, _plain(version.tags)] for version in registry.versions(task)
            ],
            "runs": sorted(
                json.dumps(
                    [
                        run.info.run_name,
                        run.info.status,
                        sorted(file.path for file in client.list_artifacts(run.info.run_id)),
                        {k: v for k, v in _plain(run.data.tags).items() if "mlflow." not in k},
                        _plain(run.data.params),
                        {k: round(v, 12) for k, v in run.data.metrics.items()},
                    ],
                    sort_keys=True,
                )
                for run in client.search_runs([experiment.experiment_id])
            ),
        }
    return found


def differences(expected: State, found: State) -> list[str]:
    """The names of what is not the same."""
    return [name for name in expected if expected[name] != found.get(name)]


def _rows(database: Database, table: Table) -> list[Any]:
    with database.transaction() as connection:
        rows = connection.execute(select(table)).mappings().all()
    plain = [
        {
            name: (value is not None) if name == "sent_at" else _text(value)
            for name, value in row.items()
            if name not in _LEFT_OUT
        }
        for row in rows
    ]
    return sorted(plain, key=lambda row: json.dumps(row, sort_keys=True))


def _plain(values: Any) -> dict[str, str]:
    return {str(name): _text(value) for name, value in dict(values).items()}


def _text(value: Any) -> str:
    text = json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)
    return _KEY.sub(":key", _RUN_ID.sub("run-id", text))
