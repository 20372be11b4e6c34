"""Moving the aliases `champion` and `challenger`.

Moving an alias is one write of the registry, so a stop half-way leaves one champion or the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iargus.registry import lookup
from iargus.registry.connection import Connection
from iargus.registry.version import CHALLENGER, CHAMPION, ModelVersion

# On the registered model: the champions before this one, oldest first, for rollback.
_PREVIOUS = "previous_champion"
_REMEMBERED = 20


def promote(connection: Connection, wanted: ModelVersion) -> None:
    """Make `wanted` the champion and remember the one before; nothing when it is already."""
    task = wanted.task
    known = lookup.aliases(connection, task)
    champion = known.get(CHAMPION)
    with connection.translated("promote a model") as client:
        if champion != wanted.version:
            previous = _previous(connection, task)
            if champion is not None and previous[-1:] != [champion]:
                # Before the alias: should this stop half-way, the newest entry is the champion
                # itself. Rollback passes over that, and a second attempt adds nothing.
                _remember(connection, task, [*previous, champion])
            client.set_registered_model_alias(task, CHAMPION, wanted.version)
        if known.get(CHALLENGER) == wanted.version:
            client.delete_registered_model_alias(task, CHALLENGER)


def challenge(connection: Connection, wanted: ModelVersion) -> None:
    """Give `wanted` the alias `challenger`."""
    with connection.translated("name a challenger") as client:
        client.set_registered_model_alias(wanted.task, CHALLENGER, wanted.version)


def rollback(
    connection: Connection,
    task: str,
    champion: str | None,
    check: Callable[[ModelVersion], None],
) -> str | None:
    """Make the champion before `champion` the champion; give its number, or None without one.
    `check` raises when that may not be, before anything is moved."""
    previous = _previous(connection, task)
    while previous:
        candidate = previous.pop()
        found = None if candidate == champion else lookup.version(connection, task, candidate, {})
        if found is None:
            continue
        check(found)
        with connection.translated("roll back") as client:
            client.set_registered_model_alias(task, CHAMPION, candidate)
            _remember(connection, task, previous)
        return candidate
    return None


def _previous(connection: Connection, task: str) -> list[str]:
    found = lookup.model(connection, task)
    tags: Mapping[str, str] = {} if found is None else found.tags
    return [version for version in tags.get(_PREVIOUS, "").split(",") if version]


def _remember(connection: Connection, task: str, versions: list[str]) -> None:
    # MLflow keeps no empty tag.
    text = ",".join(versions[-_REMEMBERED:]) or ","
    connection.client().set_registered_model_tag(task, _PREVIOUS, text)
