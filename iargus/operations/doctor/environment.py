"""Everything but databases: signing key, registry, mail, disk, the encoder's file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from iargus.auth.keys.loading import load_key_ring
from iargus.auth.keys.service import signer
from iargus.auth.keys.store import SqlKeyStore
from iargus.auth.keys.wrapping import unwrap
from iargus.errors import (
    ArtefactRejected,
    ConfigurationError,
    DatabaseUnavailable,
    IArgusError,
    MailNotSent,
    SchemaMissing,
)
from iargus.mailing.smtp import check_smtp
from iargus.operations.doctor.finding import Finding, ok, problem, warning
from iargus.registry import Registry, encoder_file
from iargus.registry.trust import bundle_keys
from iargus.serving.placement import Placement
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.tasks.base import Task

MIN_FREE_BYTES = 2**30
SMTP_TIMEOUT_S = 10.0


def examine_key(settings: Settings, api: Database) -> Finding:
    """The signing key: there, private, and from the environment in production."""
    subject = "signing key"
    environment = settings.environment
    if not environment.jwt_keys and not environment.production and not settings.key_file.exists():
        return ok(subject, f"not made yet; the first start makes {settings.key_file}")
    try:
        ring = load_key_ring(settings)
    except ConfigurationError as error:
        return problem(subject, str(error), "`iargus keys new` makes a pair for IARGUS_JWT_KEYS")
    place = "IARGUS_JWT_KEYS" if environment.jwt_keys else str(settings.key_file)
    read = f"{len(ring.keys)} from {place}"
    try:
        rows = SqlKeyStore(api).rows()
    except (DatabaseUnavailable, SchemaMissing):
        # Others say why. What is kept there may be newer, and then signs.
        return ok(subject, f"{read}; {ring.signing_kid} signs, if the database has no newer one")
    signing = signer(rows, ring.keys)
    if signing is None:
        return problem(
            subject, f"{read}; every key was revoked, so no token is issued", "`iargus keys rotate`"
        )
    kept = {row.kid: row for row in rows}
    if signing in kept and unwrap(signing, kept[signing].wrapped or "", ring.keys) is None:
        return problem(
            subject,
            f"{read}; {signing} of the database should sign, and no key here unwraps it, so "
            f"{ring.signing_kid} signs for this host alone",
            "give this host the secret of IARGUS_JWT_KEYS that `iargus keys list` names for it, "
            "or run `iargus keys rotate`",
        )
    return ok(subject, f"{read}; {signing}{' of the database' * (signing in kept)} signs")


def examine_bundle_keys(settings: Settings) -> Finding:
    """The keys that sign models: there, and where the registry is."""
    subject = "model signatures"
    environment = settings.environment
    remote = environment.production or environment.mlflow_uri is not None
    if not environment.bundle_keys and not remote and not settings.bundle_key_file.exists():
        return ok(subject, f"no key yet; the first training makes {settings.bundle_key_file}")
    try:
        keys = bundle_keys(settings)
    except ConfigurationError as error:
        return problem(subject, str(error), "restore the file, or remove it and train anew")
    if not keys:
        return warning(
            subject,
            "IARGUS_BUNDLE_KEYS is not set: who can write to the registry chooses what is served",
            "`iargus keys new` makes a pair; docs/explanation/bundles.md says in which order to "
            "introduce it",
        )
    place = "IARGUS_BUNDLE_KEYS" if environment.bundle_keys else str(settings.bundle_key_file)
    return ok(subject, f"{len(keys)} from {place}; {keys[0].kid} signs")


def examine_registry(
    registry: Registry, settings: Settings, tasks: list[Task]
) -> Iterator[Finding]:
    """The MLflow registry, and whether every task has a champion."""
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
            version = registry.resolve(task.name, "champion")
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


def examine_mail(settings: Settings, *, timeout_s: float = SMTP_TIMEOUT_S) -> Finding:
    """The mail server: reached, encrypted, logged in; nothing is sent."""
    server = settings.environment.smtp
    if server is None:
        return warning(
            "mail",
            "SMTP_SERVER is not set: alerts stay in the outbox",
            "set SMTP_SERVER, SMTP_RECIPIENT and the server's SMTP_PORT, SMTP_LOGIN, SMTP_PWD",
        )
    try:
        check_smtp(server, min(timeout_s, settings.policy.mail.timeout_s))
    except MailNotSent as error:
        return problem("mail", str(error), "check the SMTP_* variables and the mail server")
    taken = "answers and takes the login" if server.login else "answers"
    people = (
        "1 recipient" if len(server.recipients) == 1 else f"{len(server.recipients)} recipients"
    )
    return ok("mail", f"{server.host}:{server.port} {taken}; mails go to {people}")


def examine_disk(var_dir: Path) -> Finding:
    """The folder `var`: may be written to, and has room."""
    subject = "disk"
    place = next(path for path in (var_dir, *var_dir.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return problem(
            subject,
            f"{place} cannot be written to: {error.strerror}",
            f"give user {os.getuid()} the right to write there, or set IARGUS_VAR",
        )
    free = shutil.disk_usage(place).free
    size = f"{free / 2**30:.1f} GiB free under {place}"
    if place != var_dir:
        size += f"; {var_dir} is not there yet, and `iargus setup` makes it"
    if free < MIN_FREE_BYTES:
        return warning(subject, size, "make room: models and the databases need some")
    return ok(subject, size)


def examine_encoder(path: Path) -> Finding:
    """`features_encoder.pkl` against its digest."""
    if not path.exists():
        return warning(
            path.name,
            "it is not in this folder",
            "`iargus encoder --help` says how to make it; the service runs without",
        )
    try:
        digest = encoder_file.check(path)
    except ArtefactRejected as error:
        return problem(path.name, str(error), "restore the file from a release, or make it again")
    return ok(path.name, f"SHA-256 {digest[:12]}...")
