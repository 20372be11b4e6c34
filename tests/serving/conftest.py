"""Small models, fitted once, and a registry that needs no MLflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from iargus.serving.placement import Placement
from iargus.settings import Policy
from iargus.tasks.catalogue import Catalogue
from tests.serving.shelf import Shelf
from tests.toy_tasks import MOOD_POLICY, RENT_POLICY


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Fitted models of the two toy tasks."""
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.read(Policy(tasks={"rent": RENT_POLICY, "mood": MOOD_POLICY}))


@pytest.fixture
def placement(tmp_path: Path) -> Placement:
    return Placement(tmp_path / "models")
