"""A small world: a database, the embedded registry, and two toy tasks with rows and champions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iargus.clock import Clock, utc_now
from iargus.mailing.outbox import Outbox, StoredMail
from iargus.monitoring.job.job import run_month
from iargus.monitoring.job.records import MonitoringRecords
from iargus.monitoring.month.reference import reference_files
from iargus.monitoring.view.month_view import JobResult, MonthView
from iargus.registry import ModelVersion, Registry
from iargus.registry.connection import Connection
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.settings.tasks import MonitoringPolicy
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.schema import labelled_metadata
from iargus.tasks.base import Task
from iargus.training.evaluate import evaluate
from iargus.training.fit import fit_candidate, register_candidate
from tests.toy_tasks import MOOD_POLICY, RENT_POLICY, mood_rows, mood_task, rent_rows, rent_task

HISTORY = 400
MARCH_1, APRIL_1, MAY_1 = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@dataclass
class World:
    """History is January 2026; the first month to judge is February."""

    settings: Settings
    database: Database
    registry: Registry
    rent: Task
    mood: Task
    clock: Clock = utc_now

    def add(self, task: Task, rows: pd.DataFrame, *, month: str, minutes: int = 20) -> None:
        """Add rows, one every so many minutes from the second of the month on."""
        start = pd.Timestamp(f"{month}-02")
        times = pd.date_range(start, periods=len(rows), freq=f"{minutes}min")
        LabelledStore(task, self.database).add(rows.assign(observed_at=times), source="test")

    def train(self, task: Task) -> ModelVersion:
        """Fit on all rows there are and make that the champion."""
        return self.train_on(task, LabelledStore(task, self.database).rows())

    def train_on(self, task: Task, rows: pd.DataFrame) -> ModelVersion:
        """The same on these."""
        estimator = fit_candidate(task, rows)
        evaluation = evaluate(task, estimator, rows)
        version = register_candidate(
            task,
            estimator,
            rows,
            evaluation=evaluation,
            registry=self.registry,
            run_name="test",
            files=reference_files(task, rows, evaluation),
        )
        # Tasks that a test makes up are in no settings, which would allow it.
        registry = Registry(Connection(self.settings), [task.name])
        return registry.promote(task.name, version.version)

    def run(self, *tasks: Task, as_of: date = MARCH_1, **options: Any) -> JobResult:
        return run_month(
            tasks or (self.rent,),
            as_of=as_of,
            database=self.database,
            registry=self.registry,
            settings=self.settings,
            **{"clock": self.clock, **options},
        )

    def judge(self, task: Task | None = None, **options: Any) -> MonthView:
        [outcome] = self.run(task or self.rent, **options).tasks
        return outcome

    def with_mail(self, server: SmtpServer | None) -> World:
        environment = self.settings.environment.model_copy(update={"smtp": server})
        return replace(self, settings=replace(self.settings, environment=environment))

    def alias(self, task: Task, alias: str) -> str | None:
        version = self.registry.resolve(task.name, alias)
        return None if version is None else version.version

    @property
    def records(self) -> MonitoringRecords:
        return MonitoringRecords(self.database)

    @property
    def mails(self) -> Sequence[StoredMail]:
        return Outbox(self.database).listed()


WorldOf = Callable[[], World]


@pytest.fixture(scope="session")
def monitoring_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an embedded store for the session: making its tables takes seconds."""
    return tmp_path_factory.mktemp("registry")


@pytest.fixture
def world(tmp_path: Path, monitoring_registry: Path) -> World:
    """January's rents and moods, and a champion of the rents; task names that no other test has."""
    suffix = uuid.uuid4().hex[:8]
    rent, mood = rent_task(f"rent_{suffix}"), mood_task(f"mood_{suffix}")
    settings = Settings(
        Environment(var_dir=tmp_path, mlflow_uri=f"sqlite:///{monitoring_registry}/mlflow.db"),
        Policy(
            tasks={rent.name: RENT_POLICY, mood.name: MOOD_POLICY},
            monitoring=MonitoringPolicy(minimum_rows=50),
        ),
    )
    database = Database.connect(LABELLED, settings)
    database.make_file()
    labelled_metadata.create_all(database.engine)
    world = World(settings, database, Registry.connect(settings), rent, mood)
    world.add(rent, rent_rows(HISTORY), month="2026-01")
    world.add(mood, mood_rows(HISTORY), month="2026-01")
    world.train(rent)
    return world


def noise_rows(count: int, *, seed: int = 1) -> pd.DataFrame:
    """Rents that nobody can foretell: retraining cannot mend them."""
    random = np.random.default_rng(seed)
    return rent_rows(count, seed=seed).assign(label=random.lognormal(6, 1.5, count))
