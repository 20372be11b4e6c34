"""The whole application in one process: real tokens, SQLite and bundles, no registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from iargus.api.app import create_app
from iargus.api.container import Services
from iargus.serving.loaded_models import LoadedModel, LoadedModels
from iargus.settings import Environment, Policy, Settings
from iargus.storage.migrate import upgrade
from iargus.tasks.catalogue import Catalogue
from tests.auth.tokens.conftest import StillClock

ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}


class FixedChampions(LoadedModels):
    """The champions that a test gives, and nothing placed on a disk."""

    def __init__(self, catalogue: Catalogue, models: dict[str, LoadedModel]) -> None:
        super().__init__(catalogue, Path("unused"))
        self.models = models

    def refresh(self) -> None:
        pass

    def get(self, task_name: str, version: str | None = None) -> LoadedModel:
        model = self.models.get(task_name)
        if model is None or version not in (None, model.version):
            return super().get(task_name, version)
        return model

    def missing(self) -> list[str]:
        return [task.name for task in self._catalogue if task.name not in self.models]


@dataclass
class Api:
    """A running application, its parts and its clock."""

    client: TestClient
    services: Services
    clock: StillClock

    def token(self, **changed: str) -> str:
        answer = self.client.post("/get_token", json=ADA | changed)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def bearer(self, **changed: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**changed)}"}


def build(
    var_dir: Path,
    policy: Policy,
    models: dict[str, LoadedModel],
    environ: Mapping[str, str] | None = None,
) -> Services:
    settings = Settings(Environment.read({"IARGUS_VAR": str(var_dir), **(environ or {})}), policy)
    services = Services(settings, clock=StillClock(), follow_registry=False)
    services.champions = FixedChampions(services.catalogue, dict(models))
    if environ or not (var_dir / "iargus_api.db").exists():
        for database in services.databases:
            upgrade(database)
    return services


@contextmanager
def running(services: Services, *, peer: str = "testclient") -> Iterator[Api]:
    """Start the application, asked by ``peer``, and end it with the block.

    Once for the same services: a second start would leave the threads of the first running.
    """
    assert isinstance(services.clock, StillClock)
    app = create_app(services)
    with TestClient(app, client=(peer, 50_000), raise_server_exceptions=False) as client:
        yield Api(client, services, services.clock)
