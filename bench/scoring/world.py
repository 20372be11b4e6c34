"""What `bench/scoring` scores: a history of labelled rows, and a MariaDB to put it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import upgrade
from iargus.tasks.base import Task
from iargus.training.seed import labelled_months, load_sentences
from iargus.training.simulator import SimulationPlan
from tests.services.mariadb import MariaDB
from tests.services.require import require_program

END = date(2026, 1, 1)
MONTHS = 24
ADDED_AT_ONCE = 50_000


def history(task: Task, rows: int) -> list[pd.DataFrame]:
    """Labelled rows, one table a month: simulated sales, or the shipped sentences with numbers
    behind them, so that no two are equal."""
    if task.name == "car_price":
        return list(labelled_months(SimulationPlan(rows=rows, months=MONTHS, end=END, seed=0)))
    sentences = load_sentences()
    drawn = sentences.iloc[np.random.default_rng(0).integers(0, len(sentences), rows)]
    texts = [f"{text} {number}" for number, text in enumerate(drawn["text"])]
    times = pd.date_range(end=END, periods=rows + 1, freq="64s", inclusive="left")
    found = pd.DataFrame({"text": texts, "label": drawn["label"].array, "observed_at": times})
    return [found[found.index * MONTHS // rows == month] for month in range(MONTHS)]


def fill(
    task: Task, settings: Settings, months: list[pd.DataFrame], tell: Callable[[int], None]
) -> None:
    """Add labelled rows; `tell` is given the number of rows of each part."""
    database = Database.connect(LABELLED, settings)
    for month in months:
        for start in range(0, len(month), ADDED_AT_ONCE):
            part = month.iloc[start : start + ADDED_AT_ONCE]
            LabelledStore(task, database).add(part, source="bench")
            tell(len(part))
    database.dispose()


@contextmanager
def world(folder: Path) -> Iterator[dict[str, str]]:
    """A MariaDB with empty tables, as variables of the environment."""
    programs = (require_program(name) for name in ("mariadb-install-db", "mariadbd"))
    install, program = programs
    server = MariaDB(folder / "mariadb", install=install, server=program)
    try:
        server.start()
        server.reset()
        environ = {"IARGUS_VAR": str(folder / "var"), **server.environ()}
        database = Database.connect(LABELLED, Settings(Environment.read(environ), Policy()))
        upgrade(database)
        database.dispose()
        yield environ
    finally:
        server.stop()
