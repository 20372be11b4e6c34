"""Asking the registry what there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iargus.errors import RegistryUnavailable
from iargus.registry.connection import Connection
from iargus.registry.version import ModelVersion

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel

_PAGE = 200


def model(connection: Connection, task: str) -> RegisteredModel | None:
    """The registered model of a task, or None."""
    with connection.translated("find a model") as client:
        from mlflow.exceptions import MlflowException

        try:
            return client.get_registered_model(task)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise


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
    if not number.isascii() or not number.isdigit():
        return None
    with connection.translated("find a version") as client:
        from mlflow.exceptions import MlflowException

        try:
            found = client.get_model_version(task, number)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
    _check_name(found, task, number)
    return as_version(found, known)


def by_alias(connection: Connection, task: str, alias: str) -> ModelVersion | None:
    """The version that `alias` names, or None; in one request, for hosts ask all the time."""
    with connection.translated("find a version by its alias") as client:
        from mlflow.exceptions import MlflowException

        try:
            found = client.get_model_version_by_alias(task, alias)
        except MlflowException as error:
            # The latter for a model that has no such alias.
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise
    number = str(found.version)
    _check_name(found, task, number)
    return as_version(found, dict.fromkeys(found.aliases, number))


def versions(connection: Connection, task: str) -> list[ModelVersion]:
    """All versions, the newest number first."""
    listed = connection.listed(task)
    if listed is not None:
        return listed
    known = aliases(connection, task)
    found: list[Any] = []
    with connection.translated("list versions") as client:
        token: str | None = None
        while True:
            page = client.search_model_versions(
                f"name='{task}'", max_results=_PAGE, page_token=token
            )
            found.extend(page)
            token = page.token
            if not token:
                break
    # MLflow sorts by the last update, so the numbers decide.
    found.sort(key=lambda each: int(each.version), reverse=True)
    return [as_version(each, known) for each in found]


def _check_name(found: Any, task: str, number: str) -> None:
    """Both name folders here: what was asked for is what may be answered."""
    number_is_one = number.isascii() and number.isdigit()
    if not number_is_one or (str(found.name), str(found.version)) != (task, number):
        raise RegistryUnavailable(f"the registry answers with another model than {task} {number}")


def as_version(found: Any, known: Mapping[str, str]) -> ModelVersion:
    """MLflow's entity as ours; `known` are the aliases of the task."""
    number = str(found.version)
    created = datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
    return ModelVersion(
        task=str(found.name),
        version=number,
        run_id=str(found.run_id or ""),
        created_at=created.replace(tzinfo=None),
        aliases=tuple(sorted(alias for alias, named in known.items() if named == number)),
        tags=dict(found.tags),
    )
