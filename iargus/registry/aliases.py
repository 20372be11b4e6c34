"""Moving the aliases `champion` and `challenger`, and which versions may have the first.

Moving an alias is one write of the registry, so a stop half-way leaves one champion or the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iargus.errors import ArtefactRejected, PromotionRefused, VersionUnknown
from iargus.registry import lookup
from iargus.registry.connection import Connection
from iargus.registry.trust import Trust
from iargus.registry.version import (
    BUNDLE_REFUSED,
    CHALLENGER,
    CHAMPION,
    NOT_COMPILABLE,
    ModelVersion,
)


def check_promotable(version: ModelVersion, trust: Trust, *, uncompiled: bool) -> None:
    """Refuse a version that no worker would serve, before the alias names it.

    A version without a tag about its bundle was registered by an earlier release; hosts compile
    it themselves. `uncompiled` says whether scikit-learn may serve what cannot be compiled.

    Raises:
        PromotionRefused: with the reason that was found when the version was registered.
    """
    name = f"{version.task} version {version.version} cannot become champion"
    refused = version.tags.get(BUNDLE_REFUSED)
    if refused:
        raise PromotionRefused(f"{name}: {refused}")
    reason = version.tags.get(NOT_COMPILABLE)
    if reason and not uncompiled:
        raise PromotionRefused(
            f"{name}, for it cannot be compiled: {reason}; tasks.{version.task}.serve_uncompiled: "
            "true in config.yml lets scikit-learn serve it"
        )
    try:
        trust.check(version)
    except ArtefactRejected as error:
        raise PromotionRefused(f"{name}: {error}") from None


# Tag of the registered model: the champions before this one, oldest first, for rollback.
_PREVIOUS = "previous_champion"
_REMEMBERED = 20


def promote(connection: Connection, wanted: ModelVersion) -> None:
    """Make `wanted` the champion and record the one before; nothing when it is already."""
    task = wanted.task
    known = lookup.aliases(connection, task)
    champion = known.get(CHAMPION)
    with connection.translated("promote a model") as client:
        if champion != wanted.version:
            previous = _previous(connection, task)
            if champion is not None and previous[-1:] != [champion]:
                # Before the alias: after a crash in between, the newest entry is the champion
                # itself. Rollback skips that, and a second attempt adds nothing.
                _remember(connection, task, [*previous, champion])
            client.set_registered_model_alias(task, CHAMPION, wanted.version)
        if known.get(CHALLENGER) == wanted.version:
            client.delete_registered_model_alias(task, CHALLENGER)


def rollback(connection: Connection, task: str, check: Callable[[ModelVersion], None]) -> str:
    """Make the champion before this one the champion, and return its number. `check` raises when
    that one may not serve, before anything is moved.

    Raises:
        VersionUnknown: there was none before, or it was deleted.
    """
    champion = lookup.aliases(connection, task).get(CHAMPION)
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
    raise VersionUnknown(
        f"{task} has no champion from before version {champion}; "
        f"name one yourself: iargus models promote {task} VERSION"
        if champion
        else f"{task} has no champion to go back from; train one: iargus train {task}"
    )


def _previous(connection: Connection, task: str) -> list[str]:
    found = lookup.model(connection, task)
    tags: Mapping[str, str] = {} if found is None else found.tags
    return [version for version in tags.get(_PREVIOUS, "").split(",") if version]


def _remember(connection: Connection, task: str, versions: list[str]) -> None:
    text = ",".join(versions[-_REMEMBERED:]) or ","  # MLflow stores no empty tag
    connection.client().set_registered_model_tag(task, _PREVIOUS, text)
