"""Registries for tests: the embedded one, and a real server that the session shares."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iargus.registry import Registry
from iargus.settings import Environment, Policy, Settings
from iargus.settings.serving import RegistryPolicy
from iargus.settings.tasks import TaskPolicy
from tests.services.mlflow_server import MlflowServer
from tests.toy_tasks import MOOD_POLICY, RENT_POLICY

SettingsOf = Callable[..., Settings]


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    """One server for the session; tests use names of their own (`unique`)."""
    server = MlflowServer(tmp_path_factory.mktemp("mlflow"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def unique() -> str:
    """A part of names that no other test has."""
    return uuid.uuid4().hex[:8]


@pytest.fixture(scope="session")
def embedded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an embedded store for the session: making its tables takes seconds."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def toy_settings(tmp_path: Path) -> SettingsOf:
    """Makes settings with the two toy tasks under the given names."""

    def make(
        *,
        var_dir: Path | None = None,
        mlflow_uri: str | None = None,
        rent: str = "rent",
        mood: str = "mood",
        **registry: object,
    ) -> Settings:
        tasks: dict[str, TaskPolicy] = {rent: RENT_POLICY, mood: MOOD_POLICY}
        policy = Policy(
            tasks=tasks,
            registry=RegistryPolicy.model_validate(
                {"timeout_s": 3, "poll_interval_s": 0.2, **registry}
            ),
        )
        environment = Environment(mlflow_uri=mlflow_uri, var_dir=var_dir or tmp_path / "var")
        return Settings(environment, policy)

    return make


@pytest.fixture(params=["embedded", "server"])
def any_settings(
    request: pytest.FixtureRequest, toy_settings: SettingsOf, embedded_store: Path, unique: str
) -> Settings:
    """Settings of either kind of registry; the tasks are called rent_… and mood_…."""
    names = {"rent": f"rent_{unique}", "mood": f"mood_{unique}"}
    if request.param == "embedded":
        return toy_settings(var_dir=embedded_store, **names)
    server: MlflowServer = request.getfixturevalue("mlflow_server")
    return toy_settings(mlflow_uri=server.url, **names)


@pytest.fixture
def any_registry(any_settings: Settings) -> Registry:
    """A registry of either kind."""
    return Registry.connect(any_settings)


def pytest_configure(config: pytest.Config) -> None:
    """What MLflow does with its own dependencies is not ours to mend."""
    for entry in (
        "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning",
        "ignore::DeprecationWarning:mlflow",
        "ignore::FutureWarning:mlflow",
        "ignore::UserWarning:mlflow",
    ):
        config.addinivalue_line("filterwarnings", entry)
