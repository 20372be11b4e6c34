"""Examines everything in turn; one check that fails hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from iargus.clock import Clock
from iargus.errors import IArgusError
from iargus.operations.doctor import access, files, months, servers
from iargus.operations.doctor import registry as registry_checks
from iargus.operations.doctor.finding import Finding, ok, problem
from iargus.operations.stack import Stack


def examine(stack: Stack, *, clock: Clock, encoder: Path) -> list[Finding]:
    """Examine configuration, disk, keys, certificate, origins, issuing, databases, months, rows,
    registry, Redis, mail server and encoder."""
    try:
        settings = stack.settings
        names = ", ".join(stack.catalogue.names())
    except IArgusError as error:
        # Nothing else can be examined: the settings say where it is.
        return [problem("configuration", str(error), "correct the setting that is named here")]
    path = settings.environment.config_path
    mode = "production" if settings.environment.production else "development"
    found = [ok("configuration", f"{path} and the environment are valid ({mode}); tasks: {names}")]
    tasks = list(stack.catalogue)
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "disk": lambda: files.examine_disk(settings.var_dir),
        "signing key": lambda: access.examine_key(settings, stack.api),
        "certificate": lambda: access.examine_certificate(settings.policy.tls, clock),
        "origins": lambda: access.examine_origins(settings.policy.cors),
        "model signatures": lambda: registry_checks.examine_bundle_keys(settings),
        "issuing": lambda: access.examine_issuing(settings),
        "database iargus": lambda: servers.examine_database(stack.labelled, clock),
        "database iargus_api": lambda: servers.examine_database(stack.api, clock),
        "months": lambda: months.examine_months(stack.labelled, stack.catalogue.names(), clock),
        "rows": lambda: months.examine_windows(stack.labelled, stack.registry, tasks, clock),
        "registry": lambda: registry_checks.examine_registry(stack.registry, settings, tasks),
        registry_checks.ACCESS: lambda: registry_checks.examine_access(
            settings.environment.mlflow_uri
        ),
        "mail": lambda: servers.examine_mail(settings),
        "Redis": lambda: servers.examine_redis(settings),
        "encoder": lambda: files.examine_encoder(encoder),
    }
    for subject, check in checks.items():
        try:
            found += check()
        except (IArgusError, OSError) as error:
            found.append(problem(subject, str(error), "see the message"))
    return found
