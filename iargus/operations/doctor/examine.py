"""Looks at everything in turn; one thing that fails hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from iargus.clock import Clock
from iargus.errors import IArgusError
from iargus.operations.doctor import environment as environment_checks
from iargus.operations.doctor.certificate import examine_certificate
from iargus.operations.doctor.counters import examine_redis
from iargus.operations.doctor.databases import examine_database
from iargus.operations.doctor.finding import Finding, ok, problem
from iargus.operations.doctor.issuing import examine_issuing
from iargus.operations.doctor.months import examine_months
from iargus.operations.doctor.origins import examine_origins
from iargus.operations.doctor.registry_access import SUBJECT, examine_registry_door
from iargus.operations.doctor.windows import examine_windows
from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import Database
from iargus.tasks.catalogue import Catalogue

Check = Callable[[], Iterator[Finding]]


class Dependencies(Protocol):
    """What the command line is made of; each part is made when it is first asked for."""

    @property
    def settings(self) -> Settings: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def labelled(self) -> Database: ...
    @property
    def api(self) -> Database: ...
    @property
    def registry(self) -> Registry: ...


def examine(dependencies: Dependencies, *, clock: Clock, encoder: Path) -> list[Finding]:
    """Look at configuration, disk, keys, certificate, origins, issuing, databases, months, rows,
    registry, Redis, mail server and encoder."""
    try:
        settings = dependencies.settings
        names = ", ".join(dependencies.catalogue.names())
    except IArgusError as error:
        # Nothing else can be looked at: the settings say where it is.
        return [problem("configuration", str(error), "correct the setting that is named here")]
    path = settings.environment.config_path
    mode = "production" if settings.environment.production else "development"
    found = [ok("configuration", f"{path} and the environment are valid ({mode}); tasks: {names}")]
    checks: dict[str, Check] = {
        "disk": lambda: iter([environment_checks.examine_disk(settings.var_dir)]),
        "signing key": lambda: iter([environment_checks.examine_key(settings, dependencies.api)]),
        "certificate": lambda: examine_certificate(settings.policy.tls, clock),
        "origins": lambda: examine_origins(settings.policy.cors),
        "model signatures": lambda: iter([environment_checks.examine_bundle_keys(settings)]),
        "issuing": lambda: iter([examine_issuing(settings)]),
        "database iargus": lambda: examine_database(dependencies.labelled, clock),
        "database iargus_api": lambda: examine_database(dependencies.api, clock),
        "months": lambda: examine_months(
            dependencies.labelled, dependencies.catalogue.names(), clock
        ),
        "rows": lambda: examine_windows(
            dependencies.labelled, dependencies.registry, list(dependencies.catalogue), clock
        ),
        "registry": lambda: environment_checks.examine_registry(
            dependencies.registry, settings, list(dependencies.catalogue)
        ),
        SUBJECT: lambda: examine_registry_door(settings.environment.mlflow_uri),
        "mail": lambda: iter([environment_checks.examine_mail(settings)]),
        "Redis": lambda: examine_redis(settings),
        "encoder": lambda: iter([environment_checks.examine_encoder(encoder)]),
    }
    for subject, check in checks.items():
        try:
            found += check()
        except (IArgusError, OSError) as error:
            found.append(problem(subject, str(error), "see the message"))
    return found
