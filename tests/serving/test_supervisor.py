"""One sync process per host, in real processes that are really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from iargus.registry import Registry
from iargus.serving.placement import Current, Placement
from iargus.training.fit import train
from tests.services.fixtures_mlflow import SettingsOf
from tests.toy_tasks import rent_rows, rent_task

_WORKER = """
import sys, time
from pathlib import Path
from iargus.serving.sync.supervisor import SyncSupervisor
from iargus.settings import Environment, Policy, Settings

settings = Settings(Environment(var_dir=Path(sys.argv[1])), Policy())
options = {"command": sys.argv[2:]} if sys.argv[2:] else {}
supervisor = SyncSupervisor(settings, retry_s=0.05, **options)
supervisor.start()
sys.stdin.read()
supervisor.stop()
"""

# Tells that it lives, and ends when its standard input does.
_CHILD = """
import os, sys
with open(sys.argv[1], "a") as log:
    print(os.getpid(), os.getppid(), file=log, flush=True)
    os.read(0, 1)
    print(os.getpid(), "ended", file=log, flush=True)
"""


def _wait(condition: Callable[[], bool], what: str, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}"
        time.sleep(0.02)


class Workers:
    """Starts worker processes and ends those that are left."""

    def __init__(self) -> None:
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *arguments: str, environ: dict[str, str] | None = None) -> int:
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, *arguments],
            stdin=subprocess.PIPE,
            env={**os.environ, **(environ or {})},
        )
        self.running[worker.pid] = worker
        return worker.pid

    def kill(self, pid: int) -> None:
        worker = self.running.pop(pid)
        worker.send_signal(signal.SIGKILL)
        worker.communicate(timeout=10)

    def end(self, pid: int) -> None:
        worker = self.running.pop(pid)
        worker.communicate(timeout=20)


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    for pid in list(workers.running):
        workers.kill(pid)


def _lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def _alive(log: Path) -> list[tuple[int, int]]:
    """(process, its worker) for each child that has not ended."""
    lines = _lines(log)
    ended = {line[0] for line in lines if line[1] == "ended"}
    return [
        (int(pid), int(parent)) for pid, parent in lines if parent != "ended" and pid not in ended
    ]


def _is_another_alive(log: Path, old: int) -> bool:
    return any(pid != old for pid, _ in _alive(log))


def test_one_of_three_workers_runs_it_and_another_takes_over_when_that_is_killed(
    workers: Workers, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = (str(tmp_path / "var"), sys.executable, "-c", _CHILD, str(log))
    pids = [workers.start(*command) for _ in range(3)]
    _wait(lambda: len(_alive(log)) == 1, "the first child")
    for _ in range(2):
        ((old, holder),) = _alive(log)
        assert holder in pids
        workers.kill(holder)
        # The old child sees the end of its input, and a worker that lives starts a new one.
        _wait(partial(_is_another_alive, log, old), "another child")
        _wait(lambda: len(_alive(log)) == 1, "the end of the old child")
    assert len(_lines(log)) == 5  # three starts, two ends: never two at a time by one holder
    (last,) = workers.running
    workers.end(last)
    _wait(lambda: _alive(log) == [], "the end of the last child")


def test_a_child_that_dies_is_started_again(workers: Workers, tmp_path: Path) -> None:
    log = tmp_path / "log"
    workers.start(str(tmp_path / "var"), sys.executable, "-c", _CHILD, str(log))
    _wait(lambda: len(_lines(log)) == 1, "the first child")
    os.kill(int(_lines(log)[0][0]), signal.SIGKILL)
    _wait(lambda: len(_lines(log)) == 2, "the second child")


def test_the_real_sync_process_follows_the_registry_and_ends_with_its_worker(
    workers: Workers, toy_settings: SettingsOf, tmp_path: Path
) -> None:
    settings = toy_settings()
    registry = Registry.connect(settings)
    train(rent_task(), rent_rows(60), registry=registry, source="test", alias="champion")
    (tmp_path / "config.yml").write_text(
        "registry: {poll_interval_s: 0.2}\n"
        "tasks: {rent: {kind: 'tests.toy_tasks:ToyRent', path: /rent, threshold: 0.2, "
        "serve_uncompiled: true}}\n"
    )
    environ = {
        "IARGUS_VAR": str(settings.var_dir),
        "IARGUS_CONFIG": str(tmp_path / "config.yml"),
        "MLFLOW_HOST": "",
    }
    worker = workers.start(str(settings.var_dir), environ=environ)
    placement = Placement(settings.models_dir)
    _wait(lambda: placement.current("rent") == Current("1"), "version 1 in its place")
    train(rent_task(), rent_rows(90), registry=registry, source="test", alias="champion")
    _wait(lambda: placement.current("rent") == Current("2"), "version 2 in its place")
    children = Path(f"/proc/{worker}/task/{worker}/children")
    if not children.exists():
        pytest.skip("only Linux tells the children of a process")
    threads = Path(f"/proc/{worker}/task").iterdir()
    (child,) = {pid for path in threads for pid in (path / "children").read_text().split()}
    workers.kill(worker)
    # A zombie has ended too; whoever is its parent now may be slow to say so.
    status = Path(f"/proc/{child}/stat")
    _wait(
        lambda: not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z",
        "the end of the sync process",
    )
