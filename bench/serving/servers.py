"""How the servers of `bench/serving` that are no peers are started, and what they are asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.serving.bodies import Body, batches, cars, sentences
from bench.serving.world import World

CAR = {"state": "TX", "make": "Toyota", "model": "Camry", "year": 2019, "mileage": 42000.0}
BATCH_ROWS = 1000
# Bodies for a second: more than IArgus or a peer answers, so that none comes twice. The raw
# function may see some again; it does not read them.
ONE_A_SECOND, BATCHES_A_SECOND = 14_000, 100
RAW, ECHO, IARGUS = "raw ASGI function", "FastAPI echo", "IArgus"

Bodies = Callable[[int, int], list[Body]]


@dataclass(frozen=True)
class Route:
    """One path and the bodies it is sent: `bodies(count, seed)`, in the form of the server.

    `a_second` is how many bodies are made for each second of load. `open` says whether it is also
    asked at a fixed rate, which only makes sense for those who can keep up.
    """

    name: str
    path: str
    bodies: Bodies
    form: Callable[[Body], Body] | None = None
    rows: int = 1
    a_second: int = ONE_A_SECOND
    open: bool = False


@dataclass(frozen=True)
class Server:
    """`command(port, workers)` starts it; `price` finds the price in an answer to a car, which is
    `rounded` to cents or not. `authorization` is the header's value."""

    name: str
    command: Callable[[int, int], list[str]]
    routes: tuple[Route, ...]
    price: Callable[[Any], float] | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    rounded: bool = False
    authorization: str | None = None

    def first(self) -> tuple[str, Body, str | None]:
        """The request that tells whether it has started: one whole prediction."""
        route = self.routes[0]
        return route.path, route.form(CAR) if route.form else CAR, self.authorization


def gunicorn(app: str) -> Callable[[int, int], list[str]]:
    """As `iargus serve` starts its own."""
    return lambda port, workers: [
        *(sys.executable, "-m", "gunicorn", app),
        *("--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--workers", str(workers), "--bind", f"127.0.0.1:{port}"),
        *("--graceful-timeout", "30", "--timeout", "60", "--log-level", "warning"),
    ]


def own_servers(world: World, token: str) -> list[Server]:
    predict = Route("predict", "/predict", cars, open=True)
    intent = Route("intent", "/intent", sentences, open=True)
    batch = Route(
        "batch",
        "/predict/batch",
        lambda count, seed: batches(count, BATCH_ROWS, seed),
        rows=BATCH_ROWS,
        a_second=BATCHES_A_SECOND,
    )
    return [
        Server(RAW, gunicorn("bench.serving.raw:app"), (predict,)),
        Server(ECHO, gunicorn("bench.serving.echo:app"), (predict, intent)),
        Server(
            IARGUS,
            gunicorn("api:app"),
            (predict, intent, batch),
            price=lambda answer: float(answer["predicted_price"]),
            environ=world.environ,
            rounded=True,
            authorization=f"Bearer {token}",
        ),
    ]
