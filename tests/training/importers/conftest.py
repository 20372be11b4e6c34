"""A store on SQLite and a function that imports a file into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import LABELLED, Database
from iargus.storage.labelled.imports import Imports
from iargus.storage.labelled.store import LabelledStore
from iargus.storage.migrate import upgrade
from iargus.tasks.base import Task
from iargus.tasks.catalogue import Catalogue
from iargus.training.importers import (
    AllowedRejections,
    CarColumns,
    ExampleColumns,
    ImportSummary,
    import_file,
)

NOW = datetime(2026, 11, 20, 10, 30)
CATALOGUE = Catalogue.read(Policy())
CARS = CATALOGUE.get("car_price")
INTENT = CATALOGUE.get("intent")

Importer = Callable[..., ImportSummary]


class Importing:
    """A database in a folder of its own, and imports into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rejected_dir = folder / "rejected"
        settings = Settings(Environment(var_dir=folder), Policy())
        self.database = Database.connect(LABELLED, settings)
        upgrade(self.database)
        self.imports = Imports(self.database)
        self.allowed = AllowedRejections()
        self.car_task: Task = CARS

    def store(self, task: Task) -> LabelledStore:
        return LabelledStore(task, self.database)

    def cars(
        self, path: Path, *, observed_at: Any = None, options: Any = None, **layout: Any
    ) -> ImportSummary:
        return self._run(path, self.car_task, CarColumns(**layout), observed_at, options)

    def examples(
        self,
        path: Path,
        *,
        task: Task = INTENT,
        observed_at: Any = None,
        options: Any = None,
        confirmed: bool = True,
        **layout: Any,
    ) -> ImportSummary:
        columns = ExampleColumns(task, confirmed=confirmed, **layout)
        return self._run(path, task, columns, observed_at, options)

    def _run(
        self, path: Path, task: Task, layout: Any, observed_at: Any, options: Any
    ) -> ImportSummary:
        return import_file(
            path,
            task=task,
            imports=self.imports,
            layout=layout,
            source="test",
            rejected_dir=self.rejected_dir,
            now=NOW,
            observed_at=observed_at,
            options=options,
            allowed=self.allowed,
        )


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path / "var")
