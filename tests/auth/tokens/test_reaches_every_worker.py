"""A revocation and a new key reach other processes: two workers, one host, one real database."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from iargus.auth.keys.loading import load_key_ring
from iargus.auth.keys.service import KeyService
from iargus.auth.keys.store import SqlKeyStore
from iargus.clock import utc_now
from iargus.settings import Environment, Policy, Settings
from iargus.storage.database import API, Database
from tests.auth.tokens.test_key_service import ADA, Worker

ROOT = Path(__file__).parents[3]
WITHIN_S = 30.0

# Answers each line with what this process thinks of the token in it.
WORKER = """
import os, sys
from iargus.errors import TokenRejected
from iargus.settings import Environment, Policy, Settings
from iargus.api.container import Services
services = Services(
    Settings(Environment.read(os.environ), Policy()), follow_registry=False
)
services.start()
print("ready", flush=True)
for line in sys.stdin:
    try:
        services.tokens.authenticate(line.strip())
        print("good", flush=True)
    except TokenRejected as error:
        # What refused it, where the gate says the same of every forgery.
        print(type(error.__cause__ or error).__name__, flush=True)
services.stop()
"""


class Process:
    """A worker without a socket: a line in, a line out."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def says(self, token: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{token}\n")
        self._process.stdin.flush()
        return self.line()

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(30) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.01)


@pytest.mark.usefixtures("any_database_settings")
def test_revocations_and_keys_reach_every_process(any_database_environ: dict[str, str]) -> None:
    settings = Settings(Environment.read(any_database_environ), Policy())
    database, environment = Database.connect(API, settings), load_key_ring(settings)
    here = Worker(database, *environment.keys)
    processes = [Process(any_database_environ) for _ in range(2)]
    try:
        assert [process.line() for process in processes] == ["ready", "ready"]
        tokens = [here.issue() for _ in range(5)]
        assert {process.says(token) for process in processes for token in tokens} == {"good"}
        for token in tokens[:-1]:
            here.service.revoke(token)
            wait_until(
                lambda t=token: all(p.says(t) == "TokenRevoked" for p in processes),  # type: ignore[misc]
                "a process still lets the revoked token in",
            )
        keys = KeyService(SqlKeyStore(database), environment, clock=utc_now)
        kid = keys.rotate()
        here.snapshot.refresh()
        here.now_s += 3
        new = here.issue()
        wait_until(
            lambda: all(process.says(new) == "good" for process in processes),
            "a process does not know the new key",
        )
        keys.retire(kid, now=True)
        wait_until(
            lambda: all(process.says(new) == "TokenKeyUnknown" for process in processes),
            "a process still lets in what the revoked key has signed",
        )
        assert {process.says(tokens[-1]) for process in processes} == {"good"}
    finally:
        for process in processes:
            process.end()
    kept = Path(any_database_environ["IARGUS_VAR"]) / "signing-keys.json"
    assert {row["kid"] for row in json.loads(kept.read_text())} >= {kid}
    assert ADA.email not in kept.read_text()
