"""What the whole application is tried with: models and empty databases, made once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iargus.settings import Policy

if TYPE_CHECKING:
    from iargus.serving.loaded_models import LoadedModel

# Imported where they are used: most tests need no application.


@pytest.fixture(scope="session")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models: both shipped tasks, fitted on little data, compiled and placed."""
    from tests.api.placing import place_models

    models_dir = tmp_path_factory.mktemp("placed") / "models"
    place_models(models_dir)
    return models_dir


@pytest.fixture(scope="session")
def models(placed: Path) -> dict[str, LoadedModel]:
    """The models of `placed`, as a worker loads them."""
    from iargus.serving.loaded_models import LoadedModels
    from iargus.tasks.catalogue import Catalogue

    champions = LoadedModels(Catalogue.read(Policy()), placed)
    champions.refresh()
    return {name: champions.get(name) for name in ("car_price", "intent")}


@pytest.fixture(scope="session")
def empty_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `var/` whose databases have the schema; migrating takes longer than most tests."""
    from tests.api.application import build

    var_dir = tmp_path_factory.mktemp("empty") / "var"
    for database in build(var_dir, Policy(), {}).databases:
        database.dispose()
    return var_dir
