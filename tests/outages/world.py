"""A whole service to break: gunicorn with its workers, MariaDB and the registry behind proxies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.outages.databases import DatabaseFaults
from tests.services.fault_proxy import FaultProxy
from tests.services.gunicorn import Gunicorn
from tests.services.mariadb import MariaDB
from tests.services.own_mariadb import own_mariadb

KEY = f"tests:{'abcdefgh' * 6}"
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON iargus_api.* TO 'web'@'%'",
    "GRANT INSERT ON iargus.car_details TO 'web'@'%'",
    "GRANT INSERT ON iargus.labelled_examples TO 'web'@'%'",
)
# The load of a test comes from one address, and from few tokens.
LIMITS = {
    "requests_per_minute": 10_000_000,
    "address_requests_per_minute": None,
    "tokens_per_hour": 10_000_000,
}


@dataclass
class World:
    """What runs, and how to reach into it."""

    server: Gunicorn
    database: DatabaseFaults
    environ: dict[str, str]
    var_dir: Path

    def workers(self) -> list[int]:
        """The process ids of the serving workers."""
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.server.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        return [int(pid) for pid in found.stdout.split()]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database itself, past the proxy."""
        return self.database.server.run(statement)

    def log(self) -> str:
        return self.server.log.read_text()


def write_policy(path: Path, policy: Mapping[str, Any]) -> None:
    """A `config.yml`, which may be JSON."""
    path.write_text(json.dumps({"limits": LIMITS, **policy}))


def prepare_database(server: MariaDB) -> None:
    """Both databases with their tables, and the account of the API."""
    server.reset()
    settings = Settings(Environment.read({**server.environ(), "IARGUS_VAR": "unused"}), Policy())
    for name in (LABELLED, API):
        database = Database.connect(name, settings)
        upgrade(database)
        database.dispose()
    server.run(
        "DROP USER IF EXISTS 'web'@'%'",
        "CREATE USER 'web'@'%' IDENTIFIED BY 'a narrow account'",
        *GRANTS,
    )


@contextmanager
def world(
    folder: Path,
    var_dir: Path,
    *,
    policy: Mapping[str, Any],
    environ: Mapping[str, str] | None = None,
    workers: int = 2,
) -> Iterator[World]:
    """Start everything over the placed models of `var_dir`; `environ` may name a registry."""
    write_policy(folder / "config.yml", policy)
    with ExitStack() as stack:
        server = stack.enter_context(own_mariadb())
        prepare_database(server)
        proxy = stack.enter_context(FaultProxy(("127.0.0.1", server.port)))
        faults = DatabaseFaults(server, proxy)
        whole = {
            "MYSQL_HOST": "127.0.0.1",
            "MYSQL_PORT": str(proxy.port),
            "MYSQL_USER": "web",
            "MYSQL_PWD": "a narrow account",
            "IARGUS_VAR": str(var_dir),
            "IARGUS_CONFIG": str(folder / "config.yml"),
            "IARGUS_JWT_KEYS": KEY,
            **(environ or {}),
        }
        gunicorn = Gunicorn(whole, folder / "log", workers=workers)
        stack.callback(faults.end)
        stack.callback(_end, gunicorn)
        yield World(gunicorn.start(), faults, whole, var_dir)


def _end(server: Gunicorn) -> None:
    try:
        server.stop()
    except subprocess.TimeoutExpired:
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
