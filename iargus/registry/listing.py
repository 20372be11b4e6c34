"""The versions in the file of the embedded store, read without MLflow, whose import takes seconds.

Only what an unchanged schema says: where the file was made by another release of MLflow than this
was written for, MLflow is asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from iargus.registry.version import ModelVersion

# MLflow's name for the schema, in `alembic_version`.
SCHEMA = "dc11669786a5"
_WORKSPACE = "default"
_DELETED = "Deleted_Internal"


def versions(path: Path, task: str) -> list[ModelVersion] | None:
    """All versions of a task, the newest number first; None where MLflow has to be asked."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as store:
            store.execute("BEGIN")  # one moment for all questions
            if store.execute("SELECT version_num FROM alembic_version").fetchall() != [(SCHEMA,)]:
                return None
            return list(_versions(store, task))
    except sqlite3.Error:
        return None


def _versions(store: sqlite3.Connection, task: str) -> Iterator[ModelVersion]:
    asked = (_WORKSPACE, task)
    aliases: dict[int, list[str]] = {}
    for version, alias in store.execute(
        "SELECT version, alias FROM registered_model_aliases WHERE workspace = ? AND name = ?",
        asked,
    ):
        aliases.setdefault(version, []).append(alias)
    tags: dict[int, dict[str, str]] = {}
    for version, key, value in store.execute(
        "SELECT version, key, value FROM model_version_tags WHERE workspace = ? AND name = ?", asked
    ):
        tags.setdefault(version, {})[key] = value
    for version, run_id, created_ms in store.execute(
        "SELECT version, run_id, creation_time FROM model_versions WHERE workspace = ? "
        "AND name = ? AND current_stage <> ? ORDER BY version DESC",
        (*asked, _DELETED),
    ):
        yield ModelVersion(
            task=task,
            version=str(version),
            run_id=run_id or "",
            created_at=datetime.fromtimestamp(created_ms / 1000, UTC).replace(tzinfo=None),
            aliases=tuple(sorted(aliases.get(version, ()))),
            tags=tags.get(version, {}),
        )
