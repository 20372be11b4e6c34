"""Finding models and versions in the registry.

The versions in the file of the embedded store are read without MLflow, whose import takes seconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from iargus.errors import RegistryUnavailable
from iargus.registry.connection import Connection
from iargus.registry.version import ModelVersion

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import RegisteredModel

_PAGE = 200
Found = TypeVar("Found")


def _asked(
    connection: Connection, doing: str, ask: Callable[[MlflowClient], Found], *unknown: str
) -> Found | None:
    """What `ask` gets; None where it does not exist, for which MLflow may have `unknown` codes."""
    with connection.translated(doing) as client:
        from mlflow.exceptions import MlflowException

        try:
            return ask(client)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", *unknown):
                return None
            raise


def model(connection: Connection, task: str) -> RegisteredModel | None:
    """The registered model of a task, or None."""
    return _asked(connection, "find a model", lambda client: client.get_registered_model(task))


def aliases(connection: Connection, task: str) -> dict[str, str]:
    """Version by alias; empty when there is no model."""
    found = model(connection, task)
    if found is None:
        return {}
    return {alias: str(version) for alias, version in found.aliases.items()}


def version(
    connection: Connection, task: str, number: str, known: Mapping[str, str]
) -> ModelVersion | None:
    """One version, or None; `known` are the aliases of the task."""
    if not _is_number(number):
        return None
    found = _asked(
        connection, "find a version", lambda client: client.get_model_version(task, number)
    )
    if found is None:
        return None
    _check_name(found, task, number)
    return as_version(found, known)


def by_alias(connection: Connection, task: str, alias: str) -> ModelVersion | None:
    """The version that `alias` names, or None; in one request, since hosts poll it."""
    found = _asked(
        connection,
        "find a version by its alias",
        lambda client: client.get_model_version_by_alias(task, alias),
        "INVALID_PARAMETER_VALUE",  # the model has no such alias
    )
    if found is None:
        return None
    number = str(found.version)
    _check_name(found, task, number)
    return as_version(found, dict.fromkeys(found.aliases, number))


def versions(connection: Connection, task: str) -> list[ModelVersion]:
    """All versions, the newest number first."""
    if connection.is_unopened_file:
        listed = versions_in_file(connection.file, task) if connection.is_made else []
        if listed is not None:
            return listed
    known = aliases(connection, task)
    found: list[Any] = []
    with connection.translated("list versions") as client:
        page: Any = None
        while page is None or page.token:
            page = client.search_model_versions(
                f"name='{task}'", max_results=_PAGE, page_token=page and page.token
            )
            found.extend(page)
    # MLflow sorts by the last update, so the numbers decide.
    found.sort(key=lambda each: int(each.version), reverse=True)
    return [as_version(each, known) for each in found]


def _check_name(found: Any, task: str, number: str) -> None:
    """Both name folders on this host, so the answer must be about what was asked for."""
    if not _is_number(number) or (str(found.name), str(found.version)) != (task, number):
        raise RegistryUnavailable(f"the registry answers with another model than {task} {number}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def as_version(found: Any, known: Mapping[str, str]) -> ModelVersion:
    """MLflow's entity as ours; `known` are the aliases of the task."""
    number = str(found.version)
    return ModelVersion(
        task=str(found.name),
        version=number,
        run_id=str(found.run_id or ""),
        created_at=_naive_utc(found.creation_timestamp),
        aliases=tuple(sorted(alias for alias, named in known.items() if named == number)),
        tags=dict(found.tags),
    )


# MLflow's name for the schema, in `alembic_version`.
SCHEMA = "dc11669786a5"
_VERSIONS = """
    SELECT version, run_id, creation_time,
        (SELECT json_group_array(alias) FROM registered_model_aliases AS a
         WHERE (a.workspace, a.name, a.version) = (v.workspace, v.name, v.version)),
        (SELECT json_group_object(key, value) FROM model_version_tags AS t
         WHERE (t.workspace, t.name, t.version) = (v.workspace, v.name, v.version))
    FROM model_versions AS v
    WHERE workspace = 'default' AND name = ? AND current_stage <> 'Deleted_Internal'
    ORDER BY version DESC
"""


def versions_in_file(path: Path, task: str) -> list[ModelVersion] | None:
    """All versions of a task, the newest number first; None where MLflow has to be asked, since
    another release of it made the file, or it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as store:
            store.execute("BEGIN")  # one snapshot for both queries
            if store.execute("SELECT version_num FROM alembic_version").fetchall() != [(SCHEMA,)]:
                return None
            rows = store.execute(_VERSIONS, [task]).fetchall()
    except sqlite3.Error:
        return None
    return [
        ModelVersion(
            task=task,
            version=str(version),
            run_id=run_id or "",
            created_at=_naive_utc(created_ms),
            aliases=tuple(sorted(json.loads(aliases))),
            tags=json.loads(tags),
        )
        for version, run_id, created_ms, aliases, tags in rows
    ]


def _naive_utc(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC).replace(tzinfo=None)
