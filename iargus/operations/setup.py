"""Makes a fresh installation able to answer: schema, key, labelled data, a first champion each."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from iargus.auth.keys.loading import load_key_ring
from iargus.clock import utc_now
from iargus.errors import DataError
from iargus.monitoring.month.reference import reference_files
from iargus.operations.stack import Stack
from iargus.registry.version import CHAMPION
from iargus.serving.placement import Placement
from iargus.serving.sync.sync import sync_once
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import check_schema, upgrade
from iargus.tasks.base import Storage, Task
from iargus.training.fit import train
from iargus.training.rows import training_rows
from iargus.training.seed import SIMULATION, labelled_months, seed_sentences
from iargus.training.simulator import SimulationPlan

Progress = Callable[[str], None]
"""Called with each step, in words."""


@dataclass(frozen=True)
class FirstData:
    """How much is simulated where a task has no labelled rows at all."""

    car_rows: int = 24_000
    months: int = 24


def prepare(
    stack: Stack, *, today: date, progress: Progress, first: FirstData = FirstData()
) -> list[str]:
    """Prepare what is missing and change nothing else.

    Returns the tasks that have no model afterwards, each with what to do.

    Raises:
        IArgusError: a server that the environment names cannot be used.
    """
    with _exclusive(stack.settings.var_dir, progress):
        return _prepare(stack, today=today, progress=progress, first=first)


def _prepare(stack: Stack, *, today: date, progress: Progress, first: FirstData) -> list[str]:
    load_key_ring(stack.settings)
    _prepare_schema(stack, progress)
    placement = Placement(stack.settings.models_dir)
    if all(placement.current(name) is not None for name in stack.catalogue.names()):
        return []
    missing: list[str] = []
    for task in stack.catalogue:
        if stack.registry.resolve(task.name, CHAMPION) is None:
            try:
                _first_champion(stack, task, today=today, progress=progress, first=first)
            except DataError as error:
                missing.append(f"{task.name}: {error}")
    progress("Placing the champions where the service reads them")
    sync_once(stack.settings)
    return missing


@contextmanager
def _exclusive(var_dir: Path, progress: Progress) -> Iterator[None]:
    """One setup of a host at a time: of two that start together the second finds all prepared."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "setup.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Another setup is running here; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare_schema(stack: Stack, progress: Progress) -> None:
    for database in (stack.labelled, stack.api):
        if database.dialect.is_embedded:
            upgrade(database)
        else:
            # Another account may create tables: `iargus db upgrade`.
            check_schema(database)
    progress("The databases are ready")


def _first_champion(
    stack: Stack, task: Task, *, today: date, progress: Progress, first: FirstData
) -> None:
    store = LabelledStore(task, stack.labelled)
    if store.span().count == 0:
        if stack.settings.environment.production:
            # Synthetic rows must never be mixed with real sales.
            raise DataError(
                "there are no labelled rows, and no synthetic rows are generated in production"
            )
        _first_rows(task, store, today=today, progress=progress, first=first)
    found = training_rows(store, now=utc_now())
    rows, left_out = found.rows, found.left_out(task.name)
    if left_out is not None:
        progress(left_out)
    progress(f"Training the first champion of {task.name} on {len(rows):,} rows")
    version = train(
        task,
        rows,
        registry=stack.registry,
        source="setup",
        progress=progress,
        files=reference_files,
    )
    progress(
        f"{task.name}: version {version.version} is registered, {task.metric} {version.error:.3f}; "
        f"{_champion_now(stack, task, version.version)}"
    )


def _champion_now(stack: Stack, task: Task, registered: str) -> str:
    """Another host may have promoted one of its own since."""
    champion = stack.registry.resolve(task.name, CHAMPION)
    if champion is None:
        return "there is no champion"
    if champion.version == registered:
        return "it is the champion"
    return f"the champion is version {champion.version}"


def _first_rows(
    task: Task, store: LabelledStore, *, today: date, progress: Progress, first: FirstData
) -> None:
    if task.storage is Storage.CAR_DETAILS:
        plan = SimulationPlan(
            rows=first.car_rows, months=first.months, end=today.replace(day=1), seed=0
        )
        progress(f"Simulating {plan.rows:,} sales of {plan.months} months")
        # All or nothing: a part would be taken for all of it later.
        store.add(pd.concat(labelled_months(plan), ignore_index=True), source=SIMULATION)
    elif task.name == "intent":
        progress("Adding the sentences that come with the project")
        seed_sentences(task, store, until=today.replace(day=1), months=first.months)
    else:
        raise DataError(
            "there are no labelled rows yet; import some with "
            f"`iargus import examples FILE --task {task.name}`, then `iargus train {task.name}`"
        )
