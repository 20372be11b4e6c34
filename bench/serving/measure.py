"""One round of `bench/serving`: start a server, check its answers, warm it, measure, end it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from bench.serving.bodies import write
from bench.serving.environment import free_port
from bench.serving.process import Running, running
from bench.serving.recorded import Recorded
from bench.serving.servers import IARGUS, Route, Server
from bench.serving.world import ROOT, World
from bench.serving.wrk import Load, closed_loop

SERVER_CORE, LOAD_CORE, BOTH = "0", "1", "0,1"
OPEN_RATE = 500
Figures = dict[str, Any]
First = tuple[str, Any, str | None]


@dataclass(frozen=True)
class Bench:
    """How long, and where; `seed` differs from round to round, and with it every body."""

    world: World
    seconds: int
    seed: int

    def measure(self, server: Server) -> Figures:
        """Everything on one core for the server and one for the load."""
        found: Figures = {}
        with self.started(server, SERVER_CORE) as up:
            found["start s"] = up.started_s
            self.check(server, up)
            up.settle()
            for number, route in enumerate(server.routes):
                found[route.name] = self._closed(server, up, route, self.seed + 10 * number)
                if route.open:
                    found[f"{route.name}, open"] = self._open(server, up, route)
            found["worker MB"], found["all MB"] = up.worker_megabytes(), up.megabytes()
        return found

    def share_cores(self, server: Server) -> Figures:
        """Requests a second of one worker and of two, the load on the worker's cores as well.

        Nothing is free in either: with the load on the other core, one worker would have two
        cores to itself and two would have to give some of theirs away.
        """
        found: Figures = {}
        for workers, cores in ((1, SERVER_CORE), (2, BOTH)):
            load = Load(cores, threads=workers, connections=16 * workers)
            with self.started(server, cores, workers) as up:
                up.settle()
                name = f"{workers} on {workers}"
                found[name] = self._closed(server, up, server.routes[0], self.seed, load)
        return found

    def started(
        self, server: Server, cores: str, workers: int = 1, first: First | None = None
    ) -> AbstractContextManager[Running]:
        if server.name == IARGUS:
            self.world.as_it_was()
        port = free_port()
        return running(
            server.command(port, workers),
            port=port,
            cores=cores,
            cwd=ROOT,
            environ={"PYTHONPATH": str(ROOT), **server.environ},
            log=self.world.work / f"{server.name.split()[0].lower()}.log",
            first=first or server.first(),
        )

    def check(self, server: Server, up: Running) -> None:
        """The prices must be the estimator's own, or there is nothing to compare."""
        if server.price is None:
            return
        route = server.routes[0]
        for car, expected in self.world.expected:
            body = route.form(car) if route.form else car
            status, answer = up.ask(route.path, body, server.authorization)
            price = server.price(answer) if status == 200 else float("nan")
            tolerance = 0.005001 if server.rounded else 1e-9 * expected
            if not abs(price - expected) <= tolerance:
                raise RuntimeError(f"{status}, {answer} for {car}, and the price is {expected}")

    def _closed(
        self, server: Server, up: Running, route: Route, seed: int, load: Load | None = None
    ) -> Figures:
        file = self.world.work / "bodies.jsonl"
        recorded = Recorded(self.world.database) if server.name == IARGUS else None
        for number, seconds in enumerate((min(2, self.seconds), self.seconds)):
            write(file, route.bodies(route.a_second * seconds, seed + number), route.form)
            if recorded is not None:
                recorded.begin()
            result = closed_loop(
                up.url,
                route.path,
                file,
                seconds=seconds,
                load=load or Load(LOAD_CORE),
                authorization=server.authorization,
            )
        if result.failed or not result.answered:
            raise RuntimeError(f"{result.failed} of {result.answered} requests have failed")
        shares = recorded.shares(result.answered * route.rows) if recorded is not None else {}
        return {"rows/s": result.per_second * route.rows, **shares}

    def _open(self, server: Server, up: Running, route: Route) -> Figures:
        file = self.world.work / "bodies.jsonl"
        write(file, route.bodies(OPEN_RATE * self.seconds, self.seed + 5), route.form)
        call = [sys.executable, "-m", "bench.serving.open", str(up.port), route.path, str(file)]
        call += ["--rate", str(OPEN_RATE)]
        call += ["--authorization", server.authorization] if server.authorization else []
        said = subprocess.run(
            ["taskset", "-c", LOAD_CORE, *call], cwd=ROOT, capture_output=True, check=True
        )
        found: Figures = json.loads(said.stdout)
        if found["failed"]:
            raise RuntimeError(f"{found['failed']} requests of the open loop have failed")
        return found
