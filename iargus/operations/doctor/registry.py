"""The registry of models: whether it answers, who may read it, what signs, and each champion."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from iargus.errors import ConfigurationError, IArgusError
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.registry import Registry
from iargus.registry.trust import bundle_keys
from iargus.registry.version import CHAMPION
from iargus.serving.placement import Placement
from iargus.settings import Settings
from iargus.settings.environment import is_loopback
from iargus.tasks.base import Task

ACCESS = "registry access"
TIMEOUT_S = 5.0
# The first request of MLflow's own page.
_QUERY = "/api/2.0/mlflow/registered-models/search?max_results=1"
_DENIED = (401, 403)


def examine_registry(
    registry: Registry, settings: Settings, tasks: list[Task]
) -> Iterator[Finding]:
    """Examine the MLflow registry, and whether every task has a champion."""
    if not registry.is_made:
        file = settings.var_dir / "mlflow.db"
        remedy = "`iargus setup` makes it, and trains a first champion of each task"
        yield problem("registry", f"{file} is not there", remedy)
        return
    try:
        registry.check()
    except IArgusError as error:
        yield problem(
            "registry",
            str(error),
            "check MLFLOW_HOST and the MLflow server"
            if settings.environment.mlflow_uri
            else "do as the message says",
        )
        return
    yield ok("registry", "answers" if settings.environment.mlflow_uri else "embedded, answers")
    for task in tasks:
        subject = f"champion of {task.name}"
        try:
            version = registry.resolve(task.name, CHAMPION)
        except IArgusError as error:
            yield problem(subject, str(error), "check the MLflow server")
            continue
        if version is None:
            yield problem(
                subject,
                f"there is none; {_served(settings, task)}",
                f"`iargus train {task.name}`, or `iargus models promote` for a version there is",
            )
            continue
        try:
            registry.check_promotable(task.name, version.version)
        except IArgusError as error:
            yield problem(subject, str(error), f"`iargus models rollback {task.name}`")
        else:
            yield ok(subject, f"version {version.version}")


def _served(settings: Settings, task: Task) -> str:
    """What a service on this host answers with where the registry names nothing."""
    placed = Placement(settings.models_dir).current(task.name)
    if placed is None:
        return "and no model is placed on this host, so its routes answer 503 here"
    return f"its routes go on with version {placed.champion}, which is placed on this host"


def examine_access(uri: str | None) -> Iterator[Finding]:
    """Examine whether anybody may read the registry: who may also write chooses what is served.
    Nothing is found where it is embedded or does not answer, which others report."""
    if uri is None or not uri.startswith(("http://", "https://")):
        return
    if is_loopback(urlsplit(uri).hostname or ""):
        yield ok(ACCESS, "only this machine reaches it")
        return
    yield from ask_anonymously(uri)


def ask_anonymously(uri: str) -> Iterator[Finding]:
    """Ask the MLflow server at `uri` (http or https) for its models, without credentials."""
    try:
        urllib.request.urlopen(uri.rstrip("/") + _QUERY, timeout=TIMEOUT_S).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _DENIED:
                yield ok(ACCESS, "it asks for credentials")
        return
    except OSError:
        return
    yield warning(
        ACCESS,
        "anybody who reaches it may read it without a password, and perhaps write",
        "put MLflow behind authentication (deploy/mlflow, docs/how-to/azure.md), and set "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD here",
    )


def examine_bundle_keys(settings: Settings) -> Iterator[Finding]:
    """Examine the keys that sign models, which a shared registry needs."""
    subject = "model signatures"
    environment = settings.environment
    remote = environment.production or environment.mlflow_uri is not None
    if not environment.bundle_keys and not remote and not settings.bundle_key_file.exists():
        yield ok(subject, f"no key yet; the first training makes {settings.bundle_key_file}")
        return
    try:
        keys = bundle_keys(settings)
    except ConfigurationError as error:
        yield problem(subject, str(error), "restore the file, or remove it and train again")
        return
    if not keys:
        yield warning(
            subject,
            "IARGUS_BUNDLE_KEYS is not set: who can write to the registry chooses what is served",
            "`iargus keys new` makes a pair; docs/explanation/bundles.md says in which order to "
            "introduce it",
        )
        return
    place = "IARGUS_BUNDLE_KEYS" if environment.bundle_keys else str(settings.bundle_key_file)
    yield ok(subject, f"{len(keys)} from {place}; {keys[0].kid} signs")
