"""How long a revocation takes to reach every worker of every host.

    python -m bench.revocation                     # 300 revocations; root, for the namespaces
    python -m bench.revocation --revoked 1000000   # with so many tokens revoked before

Two hosts (network namespaces), two workers each, one MariaDB. Tokens are revoked one after the
other, at each worker in turn; the time is from the answer of the revocation until a worker gives
its first 401. Then: what a poll costs that finds nothing new.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.revocation.hosts import Host, hosts
from bench.revocation.poll import poll_cost, revoke_in_advance
from iargus.settings import Settings
from iargus.storage.database import API, LABELLED, Database
from iargus.storage.migrate import upgrade
from tests.services import mariadb
from tests.services.require import require_program

PORTS = (18_411, 18_412)
ASK_EVERY_S = 0.01
GIVE_UP_S = 10.0
START_S = 600.0  # a worker that starts reads every revoked token once
ADA = {"first_name": "Ada", "surname": "King", "email": "ada@example.com"}


class Worker:
    """A worker at an address, over a connection that stays open."""

    def __init__(self, host: Host, port: int) -> None:
        self.host, self.port = host, port
        self._connection = http.client.HTTPConnection(host.address, port, timeout=GIVE_UP_S)

    def post(self, path: str, body: dict[str, str], token: str | None = None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def ready(self) -> bool:
        try:
            return self.post("/intent", {})[0] == 401
        except OSError:
            self._connection.close()
            return False

    def refuses_after(self, token: str, since_s: float) -> float:
        """Seconds until the first 401."""
        while time.monotonic() - since_s < GIVE_UP_S:
            if self.post("/intent", {"text": "hello"}, token)[0] == 401:
                return time.monotonic() - since_s
            time.sleep(ASK_EVERY_S)
        raise SystemExit("a worker still lets the token in")


def measure(workers: list[Worker], number: int) -> list[float]:
    """For each revocation, the seconds until the last worker refuses."""
    found = []
    pool = ThreadPoolExecutor(len(workers))
    for turn in range(number):
        first = workers[turn % len(workers)]
        token = json.loads(first.post("/get_token", ADA)[1])["token"]
        for worker in workers:
            assert worker.post("/intent", {"text": "hello"}, token)[0] != 401
        assert first.post("/revoke_token", {}, token)[0] == 200
        since_s = time.monotonic()
        ask = partial(Worker.refuses_after, token=token, since_s=since_s)
        found.append(max(pool.map(ask, workers)))
    return found


@contextmanager
def started(environ: dict[str, str], places: list[Host], folder: Path) -> Iterator[list[Worker]]:
    """Two workers on each host; what is shared between those of one host is its `var/`."""
    with ExitStack() as stack:
        workers = []
        for number, host in enumerate(places):
            # Where both hosts are this machine, their ports must differ.
            for port in (each + 10 * number for each in PORTS):
                own = os.environ | environ | {"IARGUS_VAR": str(folder / f"host{number}")}
                module = (sys.executable, "-m", "bench.revocation.worker")
                process = subprocess.Popen(host.command(*module, host.address, str(port)), env=own)
                stack.callback(process.wait, 60)
                stack.callback(process.terminate)
                workers.append(Worker(host, port))
        deadline_s = time.monotonic() + START_S
        while not all(worker.ready() for worker in workers):
            if time.monotonic() > deadline_s:
                raise SystemExit("the workers do not answer")
            time.sleep(0.1)
        yield workers


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.revocation", description=__doc__)
    parser.add_argument("--number", type=int, default=300, help="how many revocations")
    parser.add_argument("--revoked", type=int, default=0, help="tokens revoked before")
    arguments = parser.parse_args()
    # The namespaces reach this machine by another address than its own.
    mariadb.OPTIONS = (*mariadb.OPTIONS, "--bind-address=0.0.0.0")
    install, program = require_program("mariadb-install-db"), require_program("mariadbd")
    with tempfile.TemporaryDirectory(prefix="rev") as name, hosts() as (gateway, places):
        folder = Path(name)
        server = mariadb.MariaDB(folder / "db", install=install, server=program)
        server.start()
        try:
            server.reset()
            server.run("CREATE USER bench@'%' IDENTIFIED BY 'b'", "GRANT ALL ON *.* TO bench@'%'")
            (folder / "config.yml").write_text("limits: {enabled: false}\n")
            secret = "0123456789abcdefghijklmnopqrstuvwxyz"
            environ = server.environ() | {
                "MYSQL_HOST": gateway,
                "MYSQL_USER": "bench",
                "MYSQL_PWD": "b",
                "IARGUS_CONFIG": str(folder / "config.yml"),
                "IARGUS_JWT_KEYS": f"k:{secret}",
            }
            settings = Settings.read(environ | {"IARGUS_VAR": str(folder)})
            for database in (LABELLED, API):
                upgrade(Database.connect(database, settings))
            revoke_in_advance(server, arguments.revoked)
            with started(environ, places, folder) as workers:
                times = sorted(measure(workers, arguments.number))
            n = len(times)
            print(f"{n} revocations, {len(workers)} workers, {len(places)} hosts, refresh", end=" ")
            print(f"{settings.policy.tokens.revocation_refresh_s} s: median {times[n // 2]:.3f} s,")
            print(f"p99 {times[min(n - 1, n * 99 // 100)]:.3f} s, max {times[-1]:.3f} s")
            print(poll_cost(settings))
        finally:
            server.stop()
