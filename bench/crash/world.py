"""A small world to crash in: two toy tasks over their limit, a champion each, a mail server.

Retraining mends the rents, so the alias moves; nobody can foretell the moods, so their champion
stays and a mail is due.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import delete

from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.migrate import upgrade
from iargus.storage.schema import job_lock, monitoring_runs, monitoring_steps, outbox
from tests.monitoring.conftest import World
from tests.services.certificates import make_certificates
from tests.services.mlflow_server import MlflowServer
from tests.services.own_mariadb import own_mariadb
from tests.services.smtp_server import LocalMailServer
from tests.toy_tasks import MOOD_POLICY, RENT_POLICY, mood_rows, mood_task, rent_rows, rent_task

TASKS = ["rent", "mood"]
ARGUMENTS = ["--as-of", "2026-03-01"]


@dataclass
class CrashWorld:
    """`environ` is what the program is started with; `restore` undoes everything a run did."""

    world: World
    environ: dict[str, str]
    mail_server: LocalMailServer
    mlflow_db: Path
    folder: Path

    def keep(self) -> None:
        """Remember the registry as it is now."""
        _copy(self.mlflow_db, self.folder / "mlflow-before.db")

    def restore(self) -> None:
        """Put the registry and the tables back, and forget the mails."""
        _copy(self.folder / "mlflow-before.db", self.mlflow_db)
        with self.world.database.transaction() as connection:
            for table in (monitoring_runs, monitoring_steps, outbox, job_lock):
                connection.execute(delete(table))
        self.mail_server.received.clear()

    def mails(self) -> list[str]:
        """The Message-IDs that have arrived, in order; one that came twice is there twice."""
        return [str(received.message["Message-ID"]) for received in self.mail_server.received]


@contextmanager
def crash_world(*, embedded: bool) -> Iterator[CrashWorld]:
    """Start what is needed: MariaDB and an MLflow server, or SQLite files; a mail server always."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        (folder / "tmp").mkdir()
        mail_server = LocalMailServer("plain", make_certificates(folder))
        mail_server.start()
        stack.callback(mail_server.stop)
        environ = {
            "IARGUS_VAR": str(folder / "var"),
            "IARGUS_CONFIG": str(folder / "config.yml"),
            "SMTP_SERVER": mail_server.host,
            "SMTP_PORT": str(mail_server.port),
            "SMTP_RECIPIENT": "ops@example.org",
            "OMP_NUM_THREADS": "1",
            # A killed process leaves its temporary folders.
            "TMPDIR": str(folder / "tmp"),
        }
        mlflow_db = folder / "var" / "mlflow.db"
        if not embedded:
            mariadb = stack.enter_context(own_mariadb())
            mariadb.reset()
            mlflow = MlflowServer(folder / "mlflow")
            stack.callback(mlflow.stop)
            mlflow.start()
            environ |= {**mariadb.environ(), "MLFLOW_HOST": mlflow.url}
            mlflow_db = folder / "mlflow" / "mlflow.db"
        _configure(folder / "config.yml")
        world = _world(Settings.read(environ))
        stack.callback(world.database.dispose)
        crash = CrashWorld(world, environ, mail_server, mlflow_db, folder)
        crash.keep()
        yield crash


def _configure(path: Path) -> None:
    policies = {"rent": RENT_POLICY, "mood": MOOD_POLICY}
    document = {
        "monitoring": {"minimum_rows": 50},
        "tasks": {name: policy.model_dump() for name, policy in policies.items()},
    }
    path.write_text(json.dumps(document))


def _world(settings: Settings) -> World:
    database = Database.connect(LABELLED, settings)
    upgrade(database)
    rent, mood = rent_task(), mood_task()
    world = World(settings, database, Registry.connect(settings), rent, mood)
    world.add(rent, rent_rows(300), month="2026-01")
    world.add(mood, mood_rows(300), month="2026-01")
    for task in (rent, mood):
        world.train(task)
    world.add(rent, rent_rows(600, seed=1, scale=1.6), month="2026-02")
    world.add(mood, _chance(mood_rows(300, seed=1)), month="2026-02")
    return world


def _chance(rows: pd.DataFrame) -> pd.DataFrame:
    moods = np.random.default_rng(2).choice(["angry", "sad", "glad"], len(rows))
    return rows.assign(label=moods)


def _copy(source: Path, target: Path) -> None:
    # Through SQLite, so that a server that has the file open sees what came.
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)
