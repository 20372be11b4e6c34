"""The registry goes away, also at the start: the last good bundle serves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from iargus.registry import Registry
from iargus.settings import Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.outages.user import ADA, CAR
from tests.outages.world import KEY, write_policy
from tests.services.fault_proxy import NORMAL, Fault, FaultProxy
from tests.services.gunicorn import Gunicorn
from tests.services.mlflow_server import MlflowServer
from tests.serving.cars import POLICY, car_catalogue, register

FAULTS = {
    "refused": Fault.refused(),
    "reset": Fault.reset(),
    "frozen": Fault.frozen(),
    "slow": Fault.delayed(1.0),
}


class Shop:
    """A service of one task, whose registry is behind `proxy`."""

    def __init__(self, folder: Path, mlflow: MlflowServer, proxy: FaultProxy) -> None:
        name = f"car_{uuid.uuid4().hex[:8]}"
        write_policy(
            folder / "config.yml",
            {
                "registry": {"poll_interval_s": 0.5, "timeout_s": 2},
                "tasks": {name: POLICY.model_dump()},
            },
        )
        environ = {
            "IARGUS_VAR": str(folder / "var"),
            "IARGUS_CONFIG": str(folder / "config.yml"),
            "IARGUS_JWT_KEYS": KEY,
            "MLFLOW_HOST": f"http://127.0.0.1:{proxy.port}",
        }
        settings = Settings.read(environ | {"MLFLOW_HOST": mlflow.url})
        for database in (Database.connect(kind, settings) for kind in (LABELLED, API)):
            upgrade(database)
            database.dispose()
        self.task = car_catalogue(name).get(name)
        self.registry = Registry.connect(settings)
        self.proxy = proxy
        self.server = Gunicorn(environ, folder / "log")
        self.headers: dict[str, str] = {}

    def promote(self, scale: float) -> str:
        """A new version becomes champion, past the proxy."""
        version = register(self.registry, self.task, scale)
        self.registry.promote(self.task.name, version.version)
        return version.version

    def served(self) -> str:
        answer = httpx2.post(f"{self.server.url}/predict", json=CAR, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["model_version"])


@pytest.fixture(scope="module")
def shop(mlflow_server: MlflowServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with FaultProxy(("127.0.0.1", mlflow_server.port)) as proxy:
        made = Shop(tmp_path_factory.mktemp("shop"), mlflow_server, proxy)
        made.promote(1.0)
        with made.server:
            # One of them is ready as soon as the sync process has placed the bundle.
            made.server.wait_for(
                lambda: made.server.log.read_text().count("is served by version 1") == 2,
                "both workers serve",
            )
            token = httpx2.post(f"{made.server.url}/get_token", json=ADA).json()["token"]
            made.headers = {"Authorization": f"Bearer {token}"}
            yield made


def test_an_outage_of_the_registry(shop: Shop) -> None:
    """In every way it can fail, what is served stays; a new champion comes when it is back."""
    before = shop.served()
    shop.proxy.set(FAULTS["refused"])
    new = shop.promote(2.0)
    for fault in FAULTS.values():
        shop.proxy.set(fault)
        assert shop.served() == before
        assert shop.server.status("/ready") == 200
    shop.server.wait_for(
        lambda: "the last good models stay" in shop.server.log.read_text(), "the log says so"
    )
    shop.proxy.set(FAULTS["refused"])
    # Also whoever starts now has the last good bundle.
    assert shop.server.stop() == 0
    shop.server.start()
    assert shop.served() == before
    shop.proxy.set(NORMAL)
    shop.server.wait_for(lambda: shop.served() == new, "the new champion serves")
    assert "Traceback" not in shop.server.log.read_text()
