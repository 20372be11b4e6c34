"""The world of the schedules: the service, MariaDB and `mlflow server` behind proxies."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.outages.world import World, world
from tests.services.fault_proxy import NORMAL, Fault, FaultProxy
from tests.services.gunicorn import ROOT
from tests.services.mlflow_server import MlflowServer

WORKERS = 2
POLICY = {"registry": {"poll_interval_s": 1, "timeout_s": 2}}
REGISTRY_FAULTS = {
    "refused": Fault.refused(),
    "frozen": Fault.frozen(),
    "reset": Fault.reset(),
    "slow": Fault.delayed(0.5),
    "half_open": Fault.half_open(),
}


@dataclass
class ChaosWorld:
    """The service and its registry; `versions` of car_price take turns as champion."""

    service: World
    registry: FaultProxy | None = None
    mlflow: MlflowServer | None = None
    champion: int = 1
    _workers: frozenset[int] = frozenset()

    def break_registry(self, fault: str) -> None:
        assert self.registry is not None
        self.registry.set(REGISTRY_FAULTS[fault])

    def mend_registry(self) -> None:
        assert self.registry is not None
        self.registry.set(NORMAL)

    def promote(self) -> None:
        """Make the other version champion, past the proxy, as the monthly run does."""
        assert self.mlflow is not None
        self.champion = 3 - self.champion
        body = {"name": "car_price", "alias": "champion", "version": str(self.champion)}
        request = urllib.request.Request(
            f"{self.mlflow.url}/api/2.0/mlflow/registered-models/alias",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=30).close()

    def wait_for_workers(self) -> None:
        """Until every worker that was there before a kill or a reload has been replaced."""
        known = self._workers

        def replaced() -> bool:
            now = frozenset(self.service.workers())
            # Of a killed one, one is new; of a reload, all are.
            return len(now) == WORKERS and now != known and self._accepting() >= WORKERS

        self.service.server.wait_for(replaced, "new workers", within_s=60)
        self.remember_workers()

    def remember_workers(self) -> None:
        self._workers = frozenset(self.service.workers())

    def _accepting(self) -> int:
        """How many of the workers that are there now have said that they have started."""
        log = self.service.log()
        return sum(
            f"[{pid}] [INFO] Application startup complete" in log for pid in self.service.workers()
        )


@contextmanager
def chaos_world() -> Iterator[ChaosWorld]:
    """Start everything, with two versions of car_price and one of intent in the registry."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        mlflow = MlflowServer(folder / "mlflow")
        stack.callback(mlflow.stop)
        mlflow.start()
        var_dir = folder / "var"
        prepare = {"IARGUS_VAR": str(var_dir), "MLFLOW_HOST": mlflow.url}
        _run("setup_tests.py", environ=prepare)
        # The same estimator on the same rows: its answers are those of version 1.
        (folder / "quick.yml").write_text(
            "tasks: {car_price: {kind: car_price, path: /predict, threshold: 0.2, "
            "parity_rows: 500}}"
        )
        quick = {**prepare, "IARGUS_CONFIG": str(folder / "quick.yml")}
        _run("-m", "iargus", "train", "car_price", environ=quick)
        registry = stack.enter_context(FaultProxy(("127.0.0.1", mlflow.port)))
        environ = {"MLFLOW_HOST": f"http://127.0.0.1:{registry.port}"}
        service = stack.enter_context(
            world(folder, var_dir, policy=POLICY, environ=environ, workers=WORKERS)
        )
        started = ChaosWorld(service, registry, mlflow)
        started.remember_workers()
        yield started


def wait_until_healthy(chaos: ChaosWorld) -> None:
    """Until both workers run, tokens are issued again and everything is recorded."""
    deadline_s = time.monotonic() + 60
    good = 0
    while good < 20:
        assert time.monotonic() < deadline_s, chaos.service.log()[-4000:]
        good = good + 1 if _issues(chaos.service.server.url) else 0
        time.sleep(0.02)


def _issues(url: str) -> bool:
    ada = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}
    request = urllib.request.Request(f"{url}/get_token", data=json.dumps(ada).encode())
    with contextlib.suppress(urllib.error.URLError, OSError):
        urllib.request.urlopen(request, timeout=5).close()
        return True
    return False


def _run(*command: str, environ: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environ,
        check=True,
        capture_output=True,
        timeout=300,
    )
